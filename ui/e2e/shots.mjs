// Pictures of every page, to be looked at:  node e2e/shots.mjs [FOLDER] [NAME...]
import { mkdirSync } from "node:fs";
import { start } from "../mock/server.mjs";
import { launch, open, routes, settled } from "./browser.mjs";
import { OPENED_INVENTORY } from "./inventory.mjs";

const [folder = "e2e/out", ...only] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const hub = await start({ live: false });
const browser = await launch();
const wanted = Object.entries(routes(hub.world)).filter(([name]) => only.length === 0 || only.includes(name));
const looks = (process.env.LOOKS ?? "wide-light,wide-dark,phone-light,phone-dark")
  .split(",")
  .map((each) => each.split("-"));
for (const [size, theme] of looks) {
  const { tab, context, faults } = await open(browser, hub, {
    size,
    theme,
    language: process.env.LANGUAGE_SHOTS ?? "en",
  });
  for (const [name, path] of wanted) {
    await tab.goto(hub.url + path);
    await settled(tab);
    await tab.screenshot({ path: `${folder}/${name}-${size}-${theme}.png` });
  }
  for (const [name, go] of Object.entries(OPENED_INVENTORY)) {
    if (only.length > 0 && !only.includes(name)) continue;
    await go(tab, hub, routes(hub.world));
    await tab.waitForTimeout(150);
    await tab.screenshot({ path: `${folder}/${name}-${size}-${theme}.png` });
  }
  for (const each of faults) console.log(each);
  await context.close();
}
await browser.close();
await hub.stop();
