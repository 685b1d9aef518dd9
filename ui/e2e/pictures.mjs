// What is shown in docs/screenshots: every address of the pages, and what is opened there by hand.
import { settled } from "./browser.mjs";

/**
 * Every address of a hub, by the name of its picture, from the ids of what is there. An audit is there only once
 * somebody started one: without an id its page is left out.
 */
export const addresses = ({ modality, monitor, vague, outside, zone, audit }) => ({
  today: "/",
  devices: "/devices",
  "devices-filtered": "/devices?lifecycle=discovered&sort=-first_seen",
  "devices-expression": "/devices?filter=manufacturer~%22GE%22%20and%20class%3Dmonitoring_alarm",
  "devices-refused": "/devices?filter=class%3Ddiagnostic%20and%20colour%3Dred",
  "devices-empty": "/devices?q=no-such-device",
  import: "/devices/import",
  device: `/devices/${modality}`,
  "device-monitor": `/devices/${monitor}`,
  "device-vague": `/devices/${vague}`,
  "device-outside": `/devices/${outside}`,
  conversations: `/devices/${modality}?tab=conversations`,
  timeline: `/devices/${monitor}?tab=timeline`,
  evidence: `/devices/${modality}?tab=evidence`,
  raw: `/devices/${monitor}?tab=raw`,
  map: "/map",
  "map-zone": `/map?zone=${zone}`,
  matrix: "/map?view=matrix",
  changes: "/changes",
  "admin-sensors": "/admin/sensors",
  "admin-users": "/admin/users",
  "admin-windows": "/admin/windows",
  "admin-audits": "/admin/audits",
  ...(audit ? { "admin-audit": `/admin/audits/${audit}` } : {}),
  "admin-models": "/admin/models",
  "admin-backups": "/admin/backups",
  "admin-record": "/admin/record",
  "admin-about": "/admin/about",
  missing: "/no/such/page",
  "device-missing": "/devices/dev_none",
});

/** Opens a page and what a button there opens; `more` goes on within it. */
const dialogOf = (path, button, more) => async (tab, hub) => {
  await tab.goto(hub.url + path);
  await settled(tab);
  await tab.click(`${button} >> nth=0`);
  await tab.waitForSelector('[role="dialog"]');
  await more?.(tab);
};

/** The device page of `path`, and one of its acts. */
const deviceAct = (name) => async (tab, hub, paths) => {
  await tab.goto(hub.url + paths["device-monitor"]);
  await settled(tab);
  await tab.click('.acts button:has-text("Actions")');
  await tab.click(`[role="menuitem"]:has-text("${name}")`);
  await tab.waitForSelector('[role="dialog"]');
};

/** The first devices of a type, chosen; then a button of the bar below. */
const bulk = (address, count, button) => async (tab, hub) => {
  await tab.goto(hub.url + address);
  await settled(tab);
  for (let place = 0; place < count; place += 1) await tab.click(`.pick-box input >> nth=${place}`);
  await tab.click(`.bulk button:has-text("${button}")`);
  await tab.waitForSelector('[role="dialog"]');
};

/** What is opened by hand, by the name of its picture: how to get there. */
export const OPENED_PICTURES = {
  palette: async (tab, hub) => {
    await tab.goto(hub.url);
    await settled(tab);
    await tab.keyboard.press("Control+k");
    await tab.fill('[role="combobox"]', "monitor");
    await tab.waitForSelector('[role="option"]');
  },
  keys: async (tab, hub) => {
    await tab.goto(hub.url);
    await settled(tab);
    await tab.keyboard.press("?");
    await tab.waitForSelector('[role="dialog"]');
  },
  because: async (tab, hub, paths) => {
    await tab.goto(hub.url + paths.device);
    await settled(tab);
    await tab.click(".because >> nth=0");
    await tab.waitForSelector(".reasons");
  },
  approve: bulk("/devices?lifecycle=discovered&sort=-first_seen", 4, "Approve"),
  label: bulk("/devices?type=patient_monitor&sort=name", 2, "Label"),
  merge: bulk("/devices?type=patient_monitor&sort=name", 2, "Merge"),
  views: async (tab, hub) => {
    await tab.goto(`${hub.url}/devices`);
    await settled(tab);
    await tab.click('button:has-text("Views")');
    await tab.waitForSelector('[role="menu"]');
  },
  "view-save": async (tab, hub) => {
    await tab.goto(`${hub.url}/devices?class=life_sustaining&lifecycle=in_service`);
    await settled(tab);
    await tab.click('button:has-text("Views")');
    await tab.click('[role="menuitem"]:has-text("Save this view")');
    await tab.fill("#view-name", "Keeps people alive");
  },
  language: async (tab, hub) => {
    await tab.goto(`${hub.url}/devices?filter=manufacturer~%22GE%22`);
    await settled(tab);
    await tab.click('button:has-text("How to write it")');
    await tab.waitForSelector(".language");
  },
  "import-tried": async (tab, hub) => {
    await tab.goto(`${hub.url}/devices/import`);
    await settled(tab);
    const buffer = Buffer.from(hub.equipment);
    await tab.setInputFiles("#import-csv", { name: "equipment.csv", mimeType: "text/csv", buffer });
    await tab.fill("#import-why", "equipment list of November");
    await tab.click('button:has-text("Try out")');
    await tab.waitForSelector("#import-errors");
  },
  state: async (tab, hub, paths) => {
    await tab.goto(hub.url + paths["device-monitor"]);
    await settled(tab);
    await tab.click('button[aria-label="State a value: Staff must react"]');
    await tab.waitForSelector('[role="dialog"]');
  },
  patient: async (tab, hub, paths) => {
    await tab.goto(hub.url + paths["device-monitor"]);
    await settled(tab);
    await tab.click('.clinical button:has-text("Report")');
    await tab.waitForSelector('[role="dialog"]');
  },
  quarantine: deviceAct("Mark as quarantined"),
  split: deviceAct("Split off an address"),
  "sensor-add": dialogOf("/admin/sensors", 'button:has-text("Add a sensor")', async (tab) => {
    await tab.fill("#enrol-name", "Ward 3, core switch");
    await tab.keyboard.press("Enter");
    await tab.waitForSelector(".command-secret code");
  }),
  "sensor-token-back": async (tab, hub) => {
    await tab.goto(`${hub.url}/admin/sensors`);
    await settled(tab);
    await tab.click('button:has-text("Add a sensor")');
    await tab.fill("#enrol-name", "Ward 5");
    await tab.keyboard.press("Enter");
    await tab.waitForSelector(".command-secret code");
    await tab.keyboard.press("Escape");
    await tab.click('button:has-text("Take back")');
    await tab.waitForSelector('[role="dialog"]');
  },
  "user-add": dialogOf("/admin/users", 'button:has-text("Add a user")'),
  "window-plan": dialogOf("/admin/windows", 'button:has-text("Plan a window")'),
  "audit-start": dialogOf("/admin/audits", 'button:has-text("Start an audit")'),
  "model-edit": dialogOf("/admin/models", 'button:has-text("Edit")'),
  "backup-make": dialogOf("/admin/backups", 'button:has-text("Make a backup")'),
};

/** Where nobody is logged in, and where nothing was seen yet. */
export const LOGIN = "login";
export const FIRST_RUN = "first-run";

/** Pictures of every look; the looks that only some are shown in. */
export const LOOKS = ["wide-light", "phone-light", "wide-dark", "phone-dark", "wide-contrast"];
const DARK = ["today", "devices", "device", "device-monitor", "map", "matrix", "admin-sensors", "admin-audit"];
const CONTRAST = ["today", "device"];

/** Whether a page is shown in a look. */
export const shownIn = (name, look) =>
  look.endsWith("-light") || (look.endsWith("-dark") ? DARK : CONTRAST).includes(name);

/** The names of all pictures, without look. */
export const names = () => [
  ...Object.keys(addresses({ audit: "any" })),
  ...Object.keys(OPENED_PICTURES),
  LOGIN,
  FIRST_RUN,
];
