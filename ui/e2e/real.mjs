// The UI against the real hub: the timed tasks, the inventory that fills by itself, strings from the wire, accessibility.
import { judgeAll } from "./axe.mjs";
import { open, settled } from "./browser.mjs";
import { shown, trace } from "./hostile.mjs";
import { ask, askAll, enrolSensor, filled, realRoutes, runSensor, startHub } from "./hub.mjs";

/** Devices of the synthetic hospital, at least. */
const DEVICES = 250;
/** A day in some three minutes; the stations come up within six seconds. */
const FAST = 400;

/** T1 and T7 of ../shared/ui.md, and that devices appear by themselves. */
export async function hubTasks(browser, fault) {
  const hub = await startHub({ speed: FAST });
  const figures = [];
  const { tab, context, faults } = await open(browser, hub);
  const timed = async (name, most, act) => {
    const began = performance.now();
    const clicked = await tab.evaluate(() => globalThis.clicks);
    try {
      await act();
      const took = performance.now() - began;
      const clicks = (await tab.evaluate(() => globalThis.clicks)) - clicked;
      figures.push(`${name}: ${Math.round(took)} ms, ${clicks} clicks`);
      if (took > most) fault(`${name} took ${Math.round(took)} ms, more than ${most}`);
    } catch (error) {
      fault(`${name}: ${error.message.split("\n")[0]}`);
    }
  };
  try {
    figures.push(await appears(tab));
    const total = await filled(tab, DEVICES);
    figures.push(`${total} devices`);
    await findBySerial(tab, hub, timed);
    await acceptMany(tab, hub, timed, fault);
    for (const each of faults) fault(each);
  } finally {
    await context.close();
    await hub.stop();
  }
  return figures.join(", ");
}

/** The count in the rail grows while nobody loads the page anew. */
async function appears(tab) {
  await tab.evaluate(() => {
    globalThis.sameLoad = true;
  });
  const began = performance.now();
  const count = () => Number(document.querySelector(".rail-count")?.textContent ?? 0);
  await tab.waitForFunction(count, null, { timeout: 30_000 });
  const took = performance.now() - began;
  const first = await tab.evaluate(count);
  await tab.waitForFunction(
    (before) => Number(document.querySelector(".rail-count")?.textContent ?? 0) > before,
    first,
    { timeout: 30_000 },
  );
  if (!(await tab.evaluate(() => globalThis.sameLoad))) throw new Error("the page was loaded anew");
  return `first ${first} devices on the page after ${(took / 1000).toFixed(1)} s, then more by themselves`;
}

async function findBySerial(tab, hub, timed) {
  const device = (await askAll(tab, "/devices?limit=200")).find((each) => each.serial && each.name);
  await tab.goto(hub.url);
  await settled(tab);
  await timed("T1 find a device by serial", 10_000, async () => {
    await tab.keyboard.press("Control+k");
    await tab.fill('[role="combobox"]', device.serial);
    await tab.waitForSelector(`[role="option"][aria-selected="true"] >> text=${device.name}`);
    await tab.keyboard.press("Enter");
    await tab.waitForSelector(`h1:has-text("${device.name}")`);
    await tab.waitForSelector('.cut:has-text("If the network is cut")');
  });
}

async function acceptMany(tab, hub, timed, fault) {
  const why = "delivery of November, checked by biomed";
  const before = (await ask(tab, "/summary")).awaiting_approval;
  await tab.goto(hub.url);
  await settled(tab);
  await timed("T7 accept 25 devices", 60_000, async () => {
    await tab.click('.tasks a:has-text("Review")');
    await tab.waitForSelector("table.table-devices tbody tr[aria-rowindex]");
    await tab.click(".pick-box input >> nth=0");
    // Row 26 is the 25th device; what lies out of sight is scrolled to, as by a hand.
    await tab.locator(".table-box").evaluate((box) => {
      box.scrollTop = 25 * 46;
    });
    await tab.click('tr[aria-rowindex="26"] input', { modifiers: ["Shift"] });
    await tab.waitForSelector('.bulk:has-text("25 selected")');
    await tab.click('.bulk button:has-text("Approve")');
    await tab.fill("#act-why", why);
    await tab.keyboard.press("Enter");
    await tab.waitForSelector('[role="dialog"]:has-text("Done for 25 devices")');
    await tab.click('[role="dialog"] button:has-text("Close") >> nth=-1');
  });
  const after = (await ask(tab, "/summary")).awaiting_approval;
  if (before - after !== 25) fault(`T7: ${before - after} devices were approved, not 25`);
  const { items } = await ask(tab, "/changes?limit=100");
  const recorded = items.filter((each) => each.why === why).length;
  if (recorded !== 25) fault(`T7: ${recorded} changes were recorded, not 25`);
}

/** T8: on a hub that nothing was seen by, from the guide to the first batch of a sensor of its own. */
export async function hubSensor(browser, fault) {
  const hub = await startHub({ kind: null, sensors: true });
  const figures = [];
  let sensor;
  try {
    const { tab, context, faults } = await open(browser, hub);
    await settled(tab);
    const began = performance.now();
    const since = () => `${((performance.now() - began) / 1000).toFixed(1)} s`;
    await tab.click('.first button:has-text("Add a sensor")');
    await tab.fill("#enrol-name", "Ward 3, core switch");
    await tab.keyboard.press("Enter");
    await tab.waitForSelector(".command-secret code");
    const token = (await tab.innerText(".command-secret code")).trim();
    const command = await tab.innerText(".enrol-steps .command code >> nth=0");
    if (!command.startsWith(`bedrail sensor enrol --hub ${hub.sensors} --data /`))
      fault(`T8: the command is \`${command}\``);
    figures.push(`token after ${since()}`);
    const told = enrolSensor(hub, `${token}\n`);
    if (!told.includes("is enrolled at")) fault(`T8: enrol said \`${told}\``);
    await tab.waitForSelector('.enrol-state li.done:has-text("The sensor is enrolled")', { timeout: 30_000 });
    figures.push(`enrolled on the page after ${since()}`);
    sensor = runSensor(hub);
    await tab.waitForSelector('.enrol-heard:has-text("Its first batch is here")', { timeout: 60_000 });
    figures.push(`first batch on the page after ${since()}, ${await tab.evaluate(() => globalThis.clicks)} clicks`);
    await tab.click('button:has-text("Done")');
    await tab.waitForSelector(".today", { timeout: 60_000 });
    figures.push(`first device on Today after ${since()}`);
    await tab.goto(`${hub.url}/admin/sensors`);
    await tab.waitForSelector('.plates li:has-text("Ward 3, core switch") .sev:has-text("Connected")', {
      timeout: 30_000,
    });
    // Once more with the same token is refused, and the token is nowhere on a page.
    let refused = false;
    try {
      enrolSensor({ ...hub, folder: `${hub.folder}/other` }, token);
    } catch (error) {
      refused = /not valid/.test(error.stderr ?? "");
    }
    if (!refused) fault("T8: a token served twice");
    if ((await tab.content()).includes(token)) fault("T8: the token is still on the page");
    for (const each of faults) fault(each);
    await context.close();
  } finally {
    await sensor?.stop();
    await hub.stop();
  }
  return `T8 add a sensor: ${figures.join(", ")}`;
}

/** Stations whose every word is hostile, through capture, sensor, store and API into the page: nothing runs or loads. */
export async function hubHostile(browser, fault) {
  const hub = await startHub({ kind: "hostile", speed: 20 });
  let looked = 0;
  let visible = 0;
  let devices = [];
  try {
    for (const [turn, [bypassCSP, size]] of [
      [false, "wide"],
      [true, "phone"],
    ].entries()) {
      const { tab, context, faults } = await open(browser, hub, { size, bypassCSP });
      await filled(tab, 100);
      devices = await askAll(tab, "/devices?limit=200");
      const visit = async (path) => {
        await tab.goto(hub.url + path);
        await settled(tab);
        const state = await trace(tab);
        looked += 1;
        const where = `${path} (${size}, policy ${bypassCSP ? "off" : "on"})`;
        if (state.owned) fault(`${where}: a string from the wire ran`);
        if (state.strange) fault(`${where}: ${state.strange} elements that come from a string`);
        for (const each of state.refused) fault(`${where}: the policy had to refuse ${each}`);
        return state.text;
      };
      for (const path of Object.values(await realRoutes(tab))) await visit(path);
      const hostile = devices.filter((each) => each.macs.some((mac) => mac.startsWith("02:00:5e:66")));
      if (hostile.length < 130) fault(`only ${hostile.length} hostile stations are in the inventory`);
      const said = (device) => [device.name, device.manufacturer, device.model, device.serial].filter(isHostile);
      const words = hostile.flatMap(said).length;
      if (words < 200) fault(`only ${words} words of a device list are hostile`);
      for (const [place, device] of hostile.entries()) {
        // Every tab of some, the evidence of a third of them in each turn.
        if (place % 3 !== turn) continue;
        const tabs = place % 12 === turn ? ["", "?tab=raw", "?tab=timeline", "?tab=conversations"] : [];
        for (const each of tabs) await visit(`/devices/${device.id}${each}`);
        const text = await visit(`/devices/${device.id}?tab=evidence`);
        const word = said(device)[0];
        if (word && text.includes(shown(word).slice(0, 16))) visible += 1;
        else if (word) fault(`/devices/${device.id}?tab=evidence: ${word} is not shown as text`);
      }
      await tab.keyboard.press("Control+k");
      await tab.fill('[role="combobox"]', "<img");
      await tab.waitForSelector('[role="option"]');
      if ((await trace(tab)).owned) fault(`palette (${size}): a string from the wire ran`);
      for (const each of faults) fault(each);
      await context.close();
    }
  } finally {
    await hub.stop();
  }
  return `${devices.length} hostile devices, ${looked} pages, words shown as text ${visible} times, 0 ran, 0 loaded`;
}

const isHostile = (word) => /owned|HYPERLINK|RLO/i.test(word ?? "");

/** axe on every route of the real hub. */
export async function hubAccessibility(browser, fault) {
  const hub = await startHub({ speed: FAST });
  let looked = 0;
  try {
    const { tab, context } = await open(browser, hub);
    await filled(tab, DEVICES);
    const paths = await realRoutes(tab);
    await context.close();
    // What differs from the mock is what is on the pages; every look of every page is judged there.
    const looks = [
      ["wide", "light"],
      ["phone", "dark"],
    ];
    looked = await judgeAll(browser, fault, { hub, paths, looks });
  } finally {
    await hub.stop();
  }
  return `${looked} pages looked at`;
}

/** A merge and its undo, an import with a wrong row, and a saved view, on the pages of the real hub. */
export async function hubActs(browser, fault) {
  const hub = await startHub({ speed: FAST });
  const { tab, context, faults } = await open(browser, hub);
  const figures = [];
  const check = async (name, act) => {
    try {
      figures.push(await act(tab, hub));
    } catch (error) {
      fault(`${name}: ${error.message.split("\n").slice(0, 3).join(" ")}`);
    }
  };
  try {
    await filled(tab, DEVICES);
    await check("merge and undo", mergeAndUndo);
    await check("import", importWithWrongRow);
    await check("view", saveAndOpenView);
    for (const each of faults) fault(each);
  } finally {
    await context.close();
    await hub.stop();
  }
  return figures.join(", ");
}

/** Two devices that lists can show by a name of their own. */
async function mergeable(tab) {
  const devices = await askAll(tab, "/devices?limit=200");
  const named = devices.filter((each) => each.name && each.ips.length > 0 && each.device_type === "patient_monitor");
  if (named.length < 2) throw new Error(`only ${named.length} patient monitors have a name and an address`);
  return named.slice(0, 2);
}

async function mergeAndUndo(tab, hub) {
  const pair = await mergeable(tab);
  const total = async () => (await ask(tab, "/devices?limit=1")).total;
  const before = await total();
  await tab.goto(`${hub.url}/devices?type=patient_monitor`);
  await settled(tab);
  for (const each of pair) await tab.check(`input[aria-label="Select ${each.name}"]`);
  await tab.click('.bulk button:has-text("Merge")');
  await tab.check(`.merge thead th:has-text("${pair[0].name}") input`);
  await tab.fill("#merge-why", "one station with two cards");
  await tab.click('button[form="merge-form"]');
  await tab.waitForSelector('[role="dialog"]:has-text("part of another one now")');
  if ((await total()) !== before - 1) throw new Error(`${await total()} devices are listed, not ${before - 1}`);
  const part = await ask(tab, `/devices/${pair[1].id}`);
  if (part.part_of !== pair[0].id) throw new Error(`it is a part of ${part.part_of}`);
  await tab.goto(`${hub.url}/devices/${pair[0].id}?tab=timeline`);
  await tab.click('.adjustments button:has-text("Undo")');
  await tab.fill("#undo-why", "they are two after all");
  await tab.click('button[form="undo-form"]');
  await tab.waitForSelector('.adjustments .undone:has-text("they are two after all")');
  if ((await total()) !== before) throw new Error(`${await total()} devices are listed, not ${before}`);
  return "merged and undone";
}

async function importWithWrongRow(tab, hub) {
  const devices = await askAll(tab, "/devices?limit=200");
  const serials = devices.filter((each) => /^[\w-]+$/.test(each.serial ?? ""));
  const [one, other] = serials.filter((each) => serials.filter((twin) => twin.serial === each.serial).length === 1);
  const file = [
    "serial,location,clinical_class",
    `${one.serial},Ward 9 room 4,diagnostic`,
    "no-such-serial,Ward 9 room 5,",
    `${other.serial},Ward 9 room 6,quite important`,
    "",
  ].join("\n");
  await tab.goto(`${hub.url}/devices/import`);
  await settled(tab);
  await tab.setInputFiles("#import-csv", { name: "cmms.csv", mimeType: "text/csv", buffer: Buffer.from(file) });
  await tab.fill("#import-why", "equipment list of November");
  await tab.click('button:has-text("Try out")');
  await tab.waitForSelector("#import-errors");
  const wrong = await tab.innerText("section:has(#import-errors)");
  for (const each of ["no-such-serial", "quite important"])
    if (!wrong.includes(each)) throw new Error(`the errors do not say \`${each}\``);
  const stated = async (device) => (await ask(tab, `/devices/${device.id}`)).asserted.map((each) => each.value);
  if ((await stated(one)).length > 0) throw new Error("a dry run changed something");
  await tab.click('button:has-text("Apply 3 statements")');
  await tab.waitForSelector("text=3 values are stated");
  if (!(await stated(one)).includes("Ward 9 room 4")) throw new Error("the right row was not applied");
  if ((await stated(other)).length > 0) throw new Error("the wrong row was applied");
  return "imported without the wrong rows";
}

async function saveAndOpenView(tab, hub) {
  const all = await askAll(tab, "/devices?class=life_sustaining&limit=200");
  const word = all.find((each) => each.manufacturer)?.manufacturer.split(" ")[0];
  const query = `class=life_sustaining&q=${encodeURIComponent(word)}`;
  await tab.goto(`${hub.url}/devices?${query}`);
  await settled(tab);
  const { total } = await ask(tab, `/devices?${query}&limit=1`);
  if (total === 0 || total === all.length) throw new Error(`${total} of ${all.length} devices: the view says nothing`);
  await tab.click('button:has-text("Views")');
  await tab.click('[role="menuitem"]:has-text("Save this view")');
  await tab.fill("#view-name", "Alive on the wards");
  await tab.click('button[form="view-form"]');
  await tab.waitForSelector("#view-name", { state: "detached" });
  const [view] = (await ask(tab, "/views")).items;
  const shown = await ask(tab, `/devices?filter=${encodeURIComponent(view.filter)}&limit=1`);
  if (shown.total !== total) throw new Error(`the view has ${shown.total} devices, not ${total}`);
  return `a view of ${total} devices saved`;
}
