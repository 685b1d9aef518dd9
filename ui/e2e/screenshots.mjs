// Pictures of every page of the real hub, for docs/screenshots:  node e2e/screenshots.mjs [FOLDER] [NAME...]
// FORMAT=png for tools that do not know webp; LOOKS=wide-light,phone-dark for some of the looks; SPOKEN=de for German.
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { launch, open, settled } from "./browser.mjs";
import { enrolSensor, filled, realRoutes, runSensor, startHub } from "./hub.mjs";
import { FIRST_RUN, LOGIN, LOOKS, names, OPENED_PICTURES, shownIn } from "./pictures.mjs";
import { act, SOON, settle } from "./settle.mjs";

const FOLDER = fileURLToPath(new URL("../../docs/screenshots", import.meta.url));
const [folder = FOLDER, ...only] = process.argv.slice(2);
const format = process.env.FORMAT ?? "webp";
const language = process.env.SPOKEN ?? "en";
const looks = process.env.LOOKS?.split(",") ?? LOOKS;
const DEVICES = 250;
for (const each of only) if (!names().includes(each)) throw new Error(`no picture \`${each}\``);

const wanted = (name, look) => (only.length === 0 ? shownIn(name, look) : only.includes(name));

async function picture(tab, name, look) {
  // Text whose font is on its way is not painted.
  await tab.evaluate(() => document.fonts.ready.then(() => new Promise((painted) => requestAnimationFrame(painted))));
  const session = await tab.context().newCDPSession(tab);
  const quality = format === "webp" ? { quality: 76 } : {};
  const { data } = await session.send("Page.captureScreenshot", { format, ...quality });
  await session.detach();
  writeFileSync(`${folder}/${name}-${look}.${format}`, Buffer.from(data, "base64"));
}

/** The pages of the hub that has seen a hospital, in one look. */
async function pages(browser, hub, paths, look) {
  const [size, theme] = look.split("-");
  const { tab, context, faults } = await open(browser, hub, { size, theme, language });
  for (const [name, path] of Object.entries(paths)) {
    if (!wanted(name, look)) continue;
    await tab.goto(hub.url + path);
    await settled(tab);
    await picture(tab, name, look);
  }
  for (const [name, go] of Object.entries(OPENED_PICTURES)) {
    // What is opened is found by its English words.
    if (language !== "en" || !wanted(name, look)) continue;
    await go(tab, hub, paths);
    await tab.waitForTimeout(200);
    await picture(tab, name, look);
  }
  for (const each of faults) console.log(`${look}: ${each}`);
  await context.close();
}

/** Before the first login, and before the first device. */
async function beginnings(browser, empty, look) {
  const [size, theme] = look.split("-");
  if (wanted(LOGIN, look)) {
    const { tab, context } = await open(browser, empty, { size, theme, language, loggedIn: false });
    await tab.goto(empty.url);
    await tab.waitForSelector("#login-name");
    await picture(tab, LOGIN, look);
    await context.close();
  }
  if (wanted(FIRST_RUN, look)) {
    const { tab, context } = await open(browser, empty, { size, theme, language });
    await settled(tab);
    await picture(tab, FIRST_RUN, look);
    await context.close();
  }
}

mkdirSync(folder, { recursive: true });
const empty = await startHub({ kind: null, sensors: true });
const hub = await startHub({ speed: 1_200, repeat: true, sensors: true });
const browser = await launch();
let sensor;
try {
  const first = await open(browser, hub);
  await filled(first.tab, DEVICES);
  const { token } = await act(first.tab, "/sensors/enrolments", "POST", { name: "Intensive care, floor 2" });
  enrolSensor(hub, `${token}\n`);
  sensor = runSensor(hub, { speed: 240 });
  // Another while, so that everybody has said what it has to say.
  await first.tab.waitForTimeout(20_000);
  await filled(first.tab, DEVICES);
  Object.assign(hub, await settle(first.tab));
  // The audit that is due soon is overdue then.
  await first.tab.waitForTimeout(SOON);
  const paths = await realRoutes(first.tab);
  await first.context.close();
  for (const look of looks) {
    await pages(browser, hub, paths, look);
    await beginnings(browser, empty, look);
  }
} finally {
  await browser.close();
  await sensor?.stop();
  await hub.stop();
  await empty.stop();
}
