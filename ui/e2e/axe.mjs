// axe-core on every route and dialog: three themes, two widths, no violation; and nothing wider than the window.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { start } from "../mock/server.mjs";
import { open, routes, SIZES, settled, THEMES } from "./browser.mjs";
import { OPENED_INVENTORY } from "./inventory.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Opens a page of Admin and what a button there opens; `more` goes on within the dialog. */
const dialogOf = (path, button, more) => async (tab, hub, paths) => {
  await tab.goto(hub.url + (paths[path] ?? path));
  await settled(tab);
  await tab.click(`${button} >> nth=0`);
  await tab.waitForSelector('[role="dialog"]');
  await more?.(tab);
};

const ADMIN_OPENED = {
  "add a sensor": dialogOf("/admin/sensors", 'button:has-text("Add a sensor")'),
  "add a sensor, its token": dialogOf("/admin/sensors", 'button:has-text("Add a sensor")', async (tab) => {
    await tab.fill("#enrol-name", "Ward 3");
    await tab.keyboard.press("Enter");
    await tab.waitForSelector(".command-secret");
  }),
  "add a user": dialogOf("/admin/users", 'button:has-text("Add a user")'),
  "change a role": dialogOf("/admin/users", 'button:has-text("Change role")'),
  "plan a window": dialogOf("/admin/windows", 'button:has-text("Plan a window")'),
  "start an audit": dialogOf("/admin/audits", 'button:has-text("Start an audit")'),
  "answer wrong": dialogOf("admin-audit", '.audit-acts button:has-text("Wrong")'),
  "edit a model": dialogOf("/admin/models", 'button:has-text("Edit")', async (tab) => {
    await tab.click(".permissions summary");
  }),
  "make a backup": dialogOf("/admin/backups", 'button:has-text("Make a backup")'),
};

/** What is opened by hand: how to get there. */
export const OPENED = {
  palette: async (tab, hub) => {
    await tab.goto(hub.url);
    await settled(tab);
    await tab.keyboard.press("Control+k");
    await tab.fill('[role="combobox"]', "mx750");
    await tab.waitForSelector('[role="option"] >> text=mx750');
  },
  keys: async (tab, hub) => {
    await tab.goto(hub.url);
    await settled(tab);
    await tab.keyboard.press("?");
    await tab.waitForSelector('[role="dialog"]');
  },
  account: async (tab, hub) => {
    await tab.goto(hub.url);
    await settled(tab);
    await tab.click(".account");
    await tab.waitForSelector('[role="menu"]');
  },
  because: async (tab, hub, paths) => {
    await tab.goto(hub.url + paths["device-monitor"]);
    await settled(tab);
    await tab.click(".because >> nth=0");
    await tab.waitForSelector(".reasons");
  },
  evidence: async (tab, hub, paths) => {
    await tab.goto(hub.url + paths.evidence);
    await settled(tab);
    await tab.click(".reason summary >> nth=0");
  },
  state: async (tab, hub, paths) => {
    await tab.goto(hub.url + paths.device);
    await settled(tab);
    await tab.click("#statements ~ .card-act button");
    await tab.waitForSelector('[role="dialog"]');
  },
  approve: async (tab, hub, paths) => {
    await tab.goto(hub.url + paths["devices-filtered"]);
    await settled(tab);
    await tab.click(".pick-box input >> nth=0");
    await tab.click(".bulk button >> nth=0");
    await tab.waitForSelector('[role="dialog"]');
  },
  ...ADMIN_OPENED,
  views: async (tab, hub) => {
    await tab.goto(`${hub.url}/devices`);
    await settled(tab);
    await tab.click('button:has-text("Views")');
    await tab.waitForSelector('[role="menu"]');
  },
  ...OPENED_INVENTORY,
};

/** The mock, with everything that can be opened, and a hub without devices. */
export async function accessibility(browser, fault) {
  const hub = await start({ live: false });
  const empty = await start({ live: false, empty: true });
  const looked = await judgeAll(browser, fault, { hub, paths: routes(hub.world), opened: OPENED, empty });
  await hub.stop();
  await empty.stop();
  return `${looked} pages looked at`;
}

/** Every width with every theme. */
const LOOKS = Object.keys(SIZES).flatMap((size) => THEMES.map((theme) => [size, theme]));

/** Every path of a hub in these looks; gives how many pages were looked at. */
export async function judgeAll(browser, fault, { hub, paths, opened = {}, empty, looks = LOOKS }) {
  const found = new Map();
  let looked = 0;
  for (const [size, theme] of looks) {
    const look = `${size} ${theme}`;
    const began = performance.now();
    const note = (what, detail) => found.set(what, { looks: [...(found.get(what)?.looks ?? []), look], detail });
    const judge = async (tab, name) => {
      looked += 1;
      await judgePage(tab, name, note);
    };
    // axe needs to be injected, which the page's policy rightly forbids.
    const out = await open(browser, hub, { size, theme, bypassCSP: true, loggedIn: false });
    await out.tab.goto(hub.url);
    await out.tab.waitForSelector("#login-name");
    await judge(out.tab, "login");
    await out.context.close();
    const { tab, context, faults } = await open(browser, hub, { size, theme, bypassCSP: true });
    for (const [name, path] of Object.entries(paths)) {
      await tab.goto(hub.url + path);
      await settled(tab);
      await judge(tab, name);
    }
    for (const [name, go] of Object.entries(opened)) {
      await go(tab, hub, paths);
      await tab.waitForTimeout(150);
      await judge(tab, `${name}, opened`);
    }
    for (const each of faults) fault(`${look}: ${each}`);
    await context.close();
    if (empty) {
      const first = await open(browser, empty, { size, theme, bypassCSP: true });
      await settled(first.tab);
      await judge(first.tab, "first run");
      await first.context.close();
    }
    console.log(`      axe ${look}: ${((performance.now() - began) / 1000).toFixed(0)} s`);
  }
  for (const [what, { looks, detail }] of found) fault(`${what} (${looks.join(", ")}): ${detail}`);
  return looked;
}

/** One page as it stands: no violation, and nothing wider than its window. */
async function judgePage(tab, name, note) {
  await tab.evaluate(axe);
  const { violations } = await tab.evaluate(
    (tags) => globalThis.axe.run(document, { runOnly: tags, resultTypes: ["violations"], elementRef: false }),
    TAGS,
  );
  for (const each of violations)
    note(
      `${name}: ${each.id}`,
      `${each.nodes.length} places such as ${each.nodes[0].html.slice(0, 160)}: ${each.nodes[0].failureSummary?.replace(/\s+/g, " ").slice(0, 260)}`,
    );
  const wide = await tab.evaluate(() =>
    Math.max(
      document.documentElement.scrollWidth - innerWidth,
      ...[...document.querySelectorAll(".page")].map((each) => each.scrollWidth - each.clientWidth),
    ),
  );
  if (wide > 0) note(`${name}: wider than the window`, `${wide} px`);
}
