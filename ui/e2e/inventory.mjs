// What people do to the inventory, in a browser against the mock: views, labels, merge and undo, split, marks, statements, import.
import { readFileSync } from "node:fs";
import { start } from "../mock/server.mjs";
import { open, routes, settled } from "./browser.mjs";

const rows = "table.table-devices tbody tr[aria-rowindex]";

/** Chooses devices by their names: as rows, or as cards on a phone. */
async function choose(tab, hub, names) {
  await tab.goto(`${hub.url}/devices?q=${encodeURIComponent(names[0].replace(/-\d+$/, ""))}`);
  await settled(tab);
  for (const each of names) await tab.check(`input[aria-label="Select ${each}"]`);
}

/** The last button of the dialog that is open. */
const submit = (tab, id) => tab.click(`button[form="${id}-form"]`);

async function act(tab, name) {
  await tab.click('.acts button:has-text("Actions")');
  await tab.click(`[role="menuitem"]:has-text("${name}")`);
  await tab.waitForSelector('[role="dialog"]');
}

const csvOf = (hub) => {
  const [one, other] = hub.world.devices.filter((each) => each.serial && /^[\w-]+$/.test(each.serial) && each.name);
  const text = [
    "serial,location,clinical_class,asset tag",
    `${one.serial},Ward 9 room 4,diagnostic,A-1`,
    "no-such-serial,Ward 9 room 5,,A-2",
    `${other.serial},Ward 9 room 6,quite important,A-3`,
    "",
  ].join("\n");
  return { one, other, text };
};

async function tryImport(tab, hub) {
  const file = csvOf(hub);
  await tab.goto(`${hub.url}/devices/import`);
  await settled(tab);
  await tab.setInputFiles("#import-csv", { name: "cmms.csv", mimeType: "text/csv", buffer: Buffer.from(file.text) });
  await tab.fill("#import-why", "equipment list of November");
  await tab.click('button:has-text("Try out")');
  await tab.waitForSelector("#import-result");
  return file;
}

/** What is opened by hand for axe and for pictures: how to get there. */
export const OPENED_INVENTORY = {
  merge: async (tab, hub) => {
    await choose(tab, hub, ["mx750-02", "mx750-04"]);
    await tab.click('.bulk button:has-text("Merge")');
    await tab.waitForSelector(".merge");
  },
  "label-many": async (tab, hub) => {
    await choose(tab, hub, ["mx750-02", "mx750-04"]);
    await tab.click('.bulk button:has-text("Label")');
    await tab.waitForSelector("#label-word");
  },
  "view-save": async (tab, hub) => {
    await tab.goto(`${hub.url}/devices?class=life_sustaining&label=loan`);
    await settled(tab);
    await tab.click('button:has-text("Views")');
    await tab.click('[role="menuitem"]:has-text("Save this view")');
    await tab.waitForSelector("#view-name");
  },
  language: async (tab, hub) => {
    await tab.goto(`${hub.url}/devices?filter=weakness%3Dsmb1`);
    await settled(tab);
    await tab.click('button:has-text("How to write it")');
    await tab.waitForSelector(".language");
  },
  split: async (tab, hub, paths) => {
    await tab.goto(hub.url + paths["device-monitor"]);
    await settled(tab);
    await act(tab, "Split off an address");
  },
  quarantine: async (tab, hub, paths) => {
    await tab.goto(hub.url + paths["device-monitor"]);
    await settled(tab);
    await act(tab, "Mark as quarantined");
  },
  patient: async (tab, hub, paths) => {
    await tab.goto(hub.url + paths["device-monitor"]);
    await settled(tab);
    await tab.click('.clinical button:has-text("Report")');
    await tab.waitForSelector('[role="dialog"]');
  },
  "import-tried": async (tab, hub) => {
    await tryImport(tab, hub);
  },
};

export async function inventory(browser, fault, given) {
  const hub = given ?? (await start({ live: false }));
  const paths = routes(hub.world);
  let held = 0;
  const check = async (name, run) => {
    const faults = [];
    const { tab, context } = await open(browser, hub, { faults });
    tab.setDefaultTimeout(10_000);
    try {
      await run(tab, hub, paths);
      held += 1;
    } catch (error) {
      fault(`${name}: ${error.message.split("\n").slice(0, 3).join(" ")}`);
    }
    for (const each of faults) fault(`${name}: ${each}`);
    await context.close();
  };
  for (const [name, run] of Object.entries(CHECKS)) await check(name, run);
  await hub.stop();
  return `${held} of ${Object.keys(CHECKS).length} acts`;
}

const CHECKS = {
  "a view is saved, found by another page, shared, renamed and deleted": savedViews,
  "a view that changed meanwhile is not overwritten": staleView,
  "a filter is refused at its place, and facets go on beside it": refusedFilter,
  "a label is put on many devices and filters the list": labels,
  "two devices are merged, and that is undone": mergeAndUndo,
  "an address is split off": splitOff,
  "a file with a wrong row is tried out, and the rest applied": importFile,
  "an import outlives the session": importOutlives,
  "a mark of quarantine says that the network does nothing": mark,
  "two sources at odds stand side by side, and a statement is taken back": statements,
  "a model's default says that it is one": origins,
  "FHIR of one device and of the list": fhir,
};

async function savedViews(tab, hub) {
  await OPENED_INVENTORY["view-save"](tab, hub);
  await tab.fill("#view-name", "Loans that keep people alive");
  await submit(tab, "view");
  await tab.waitForSelector("#view-name", { state: "detached" });
  const [view] = hub.world.views();
  if (view?.filter !== "class=life_sustaining and label=loan") throw new Error(`the hub keeps \`${view?.filter}\``);
  await tab.goto(`${hub.url}/devices`);
  await settled(tab);
  await tab.click('button:has-text("Views")');
  await tab.click('[role="menuitem"]:has-text("Loans that keep people alive")');
  await tab.waitForSelector('.filter-chips:has-text("class=life_sustaining and label=loan")');
  await tab.click('button:has-text("Views")');
  await tab.click('[role="menuitem"]:has-text("Change or delete")');
  await tab.click('button[aria-label^="Change: Loans"]');
  await tab.fill("#view-name", "Loans");
  await tab.check("#view-shared");
  await submit(tab, "view");
  await tab.waitForSelector('.views-own:has-text("shared")');
  const [changed] = hub.world.views();
  if (changed.name !== "Loans" || !changed.shared)
    throw new Error(`it is \`${changed.name}\`, shared ${changed.shared}`);
  await tab.click('button[aria-label="Delete: Loans"]');
  await tab.waitForSelector("text=It goes for everybody");
  await submit(tab, "view-delete");
  await tab.waitForSelector("text=You have not saved a view");
  if (hub.world.views().length > 0) throw new Error("the view is still there");
}

async function staleView(tab, hub) {
  await OPENED_INVENTORY["view-save"](tab, hub);
  await tab.fill("#view-name", "Stale");
  await submit(tab, "view");
  await tab.waitForSelector("#view-name", { state: "detached" });
  await tab.click('button:has-text("Views")');
  await tab.click('[role="menuitem"]:has-text("Change or delete")');
  await tab.click('button[aria-label^="Change: Stale"]');
  await tab.fill("#view-name", "Renamed here");
  hub.world.views()[0].version += 1;
  await submit(tab, "view");
  await tab.waitForSelector("text=Somebody changed this while you looked at it");
  if ((await tab.inputValue("#view-name")) !== "Renamed here") throw new Error("what was typed is gone");
  // The newest is known by now: the next try goes through.
  await submit(tab, "view");
  await tab.waitForSelector('.views-own:has-text("Renamed here")');
}

async function refusedFilter(tab, hub, paths) {
  await tab.goto(hub.url + paths["devices-refused"]);
  await tab.waitForSelector(".expression-fault");
  const marked = await tab.innerText(".expression-fault mark");
  if (!marked.includes("colour")) throw new Error(`marked is \`${marked}\``);
  await tab.waitForSelector("text=Character 19");
  await tab.fill(".expression input", "class=support or class=therapeutic");
  await tab.press(".expression input", "Enter");
  await tab.waitForSelector(".expression-fault", { state: "detached" });
  await tab.click('button[aria-label="Take away Label: loan"]');
  await tab.waitForSelector(rows);
  await tab.click('.facet:has-text("Lifecycle") label:has-text("In service")');
  await tab.waitForFunction(
    () => location.search.includes("lifecycle=in_service") && location.search.includes("filter="),
  );
}

async function labels(tab, hub) {
  await OPENED_INVENTORY["label-many"](tab, hub);
  await tab.fill("#label-word", "Not A Label");
  await tab.fill("#label-why", "due in March");
  await submit(tab, "label");
  await tab.waitForSelector('[role="dialog"]:has-text("is no label")');
  await tab.click('[role="dialog"] footer button:has-text("Close")');
  await OPENED_INVENTORY["label-many"](tab, hub);
  await tab.fill("#label-word", "service-march");
  await tab.fill("#label-why", "due in March");
  await submit(tab, "label");
  await tab.waitForSelector('[role="dialog"]:has-text("Done for 2 devices")');
  await tab.click('[role="dialog"] footer button:has-text("Close")');
  await tab.goto(`${hub.url}/devices`);
  await settled(tab);
  await tab.fill(".facet-find input", "service-march");
  await tab.press(".facet-find input", "Enter");
  await tab.waitForFunction(() =>
    document.querySelector(".toolbar-title [role=status]")?.textContent?.startsWith("2 "),
  );
}

async function mergeAndUndo(tab, hub) {
  const before = hub.world.devices.filter((each) => each.lifecycle !== "retired" && !each.part_of).length;
  await OPENED_INVENTORY.merge(tab, hub);
  await tab.waitForSelector('.merge tr.differs:has-text("At odds")');
  await tab.check('.merge thead th:has-text("mx750-02") input');
  await tab.fill("#merge-why", "one station with two cards");
  await submit(tab, "merge");
  await tab.waitForSelector('[role="dialog"]:has-text("part of another one now")');
  const listed = hub.world.devices.filter((each) => each.lifecycle !== "retired" && !each.part_of).length;
  if (listed !== before - 1) throw new Error(`${listed} devices are listed, not ${before - 1}`);
  await tab.click('[role="dialog"] a:has-text("mx750-02")');
  await tab.waitForSelector('.adjustments:has-text("mx750-04")');
  await tab.click('.adjustments a:has-text("mx750-04")');
  await tab.waitForSelector('.note:has-text("a part of")');
  await tab.goBack();
  await tab.click('.adjustments button:has-text("Undo")');
  await tab.fill("#undo-why", "they are two after all");
  await submit(tab, "undo");
  await tab.waitForSelector('.adjustments .undone:has-text("they are two after all")');
  if (hub.world.devices.some((each) => each.part_of)) throw new Error("it is a part still");
}

async function splitOff(tab, hub) {
  const device = hub.world.devices.find((each) => each.ips.length > 1 && !each.part_of);
  await tab.goto(`${hub.url}/devices/${device.id}`);
  await settled(tab);
  await act(tab, "Split off an address");
  const leaves = device.ips[0];
  await tab.click(`label[for="split-${leaves}"]`);
  await tab.fill("#split-why", "another device behind it");
  await submit(tab, "split");
  await tab.waitForSelector('[role="dialog"]:has-text("is a device of its own now")');
  await tab.click('[role="dialog"] a');
  await tab.waitForSelector(`h1:has-text("${leaves}")`);
}

async function importFile(tab, hub) {
  const { one, other } = await tryImport(tab, hub);
  await tab.waitForSelector("text=What would change");
  const wrong = await tab.innerText("#import-errors ~ .import-table, section:has(#import-errors)");
  for (const each of ["3", "no-such-serial", "4", "clinical_class", "quite important"])
    if (!wrong.includes(each)) throw new Error(`the errors do not say \`${each}\`: ${wrong}`);
  await tab.waitForSelector("text=asset tag");
  const stated = (device) => (hub.world.stated(device.id) ?? []).filter((each) => each.source === "import cmms");
  const earlier = stated(one).filter((each) => each.value === "Ward 9 room 4").length;
  if (earlier > 0) throw new Error("a dry run changed something");
  await tab.click('button:has-text("Apply 3 statements")');
  await tab.waitForSelector("text=3 values are stated");
  if (!stated(one).some((each) => each.value === "Ward 9 room 4")) throw new Error("the right row was not applied");
  if (stated(other).some((each) => each.value === "Ward 9 room 6")) throw new Error("the wrong row was applied");
}

async function importOutlives(tab, hub) {
  await tryImport(tab, hub);
  hub.expire();
  await tab.click('button:has-text("Try out")');
  await tab.waitForSelector("text=Your session has ended");
  await tab.fill("#login-password", "bedrail-demo");
  await tab.press("#login-password", "Enter");
  await tab.waitForSelector("#login-password", { state: "detached" });
  if ((await tab.inputValue("#import-why")) !== "equipment list of November") throw new Error("the reason is gone");
  await tab.click('button:has-text("Try out")');
  await tab.waitForSelector("#import-result");
}

async function mark(tab, hub, paths) {
  await OPENED_INVENTORY.quarantine(tab, hub, paths);
  await tab.waitForSelector('[role="dialog"]:has-text("the device still talks")');
  await tab.fill("#quarantine-why", "calls an address outside");
  await submit(tab, "quarantine");
  await tab.waitForSelector('.note-critical:has-text("by admin")');
  await tab.waitForSelector('.note-critical:has-text("the device still talks")');
  await tab.waitForSelector('.note-critical:has-text("calls an address outside")');
  await act(tab, "Take the quarantine mark away");
  await tab.fill("#quarantine-why", "it was an update");
  await submit(tab, "quarantine");
  await tab.waitForSelector(".note-critical", { state: "detached" });
}

async function statements(tab, hub, paths) {
  await tab.goto(hub.url + paths.device);
  await settled(tab);
  await tab.click("#statements ~ .card-act button");
  await tab.fill("#state-value", "Ward 3, room 9");
  await tab.fill("#state-why", "seen at the bedside");
  await submit(tab, "state");
  await tab.waitForSelector('.says:has-text("Ward 3, room 9")');
  const said = await tab.innerText('.states > li:has-text("Location") .says');
  for (const each of ["cmms (import)", "A person", "Seen on the wire", "this one counts"])
    if (!said.includes(each)) throw new Error(`not said: \`${each}\` in ${said}`);
  await tab.click('.states > li:has-text("Location") button:has-text("Take back")');
  await tab.fill("#state-why", "it was the other bed");
  await submit(tab, "state");
  await tab.waitForSelector('.says:has-text("Ward 3, room 9")', { state: "detached" });
  await tab.waitForSelector('.says:has-text("cmms (import)")');
}

async function origins(tab, hub, paths) {
  await tab.goto(hub.url + paths["device-monitor"]);
  await settled(tab);
  await tab.waitForSelector('.clinical tr:has-text("If the network is cut"):has-text("default of its model")');
  await tab.waitForSelector('.clinical tr:has-text("Maintenance window") .unknown');
  await tab.click('button[aria-label="State a value: Staff must react"]');
  await tab.selectOption("#state-value", "minutes");
  await tab.fill("#state-why", "manual, page 12");
  await submit(tab, "state");
  await tab.waitForSelector('.clinical tr:has-text("Staff must react"):has-text("this device")');
}

async function fhir(tab, hub, paths) {
  await tab.goto(hub.url + paths.raw);
  await settled(tab);
  const [one] = await Promise.all([tab.waitForEvent("download"), tab.click('button:has-text("Download FHIR R4")')]);
  if (JSON.parse(readFileSync(await one.path(), "utf8")).resourceType !== "Device") throw new Error("no Device");
  await tab.goto(`${hub.url}/devices`);
  await settled(tab);
  await tab.click('button:has-text("Export")');
  const [all] = await Promise.all([tab.waitForEvent("download"), tab.click('[role="menuitem"]:has-text("FHIR R4")')]);
  const bundle = JSON.parse(readFileSync(await all.path(), "utf8"));
  const listed = hub.world.devices.filter((each) => each.lifecycle !== "retired" && !each.part_of).length;
  if (bundle.entry.length !== listed) throw new Error(`${bundle.entry.length} resources, not ${listed}`);
}
