// Opens a page of `bedrail inspect --html` in headless Chromium and says as JSON what is wrong with it.
//   node check.mjs PAGE.html [--screenshots FOLDER]
// Exit code 0: nothing; 1: faults, listed on standard output; 2: the check itself failed.
import { createRequire } from "node:module";
import { mkdirSync, readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const [page, flag, folder] = process.argv.slice(2);
const url = pathToFileURL(page).href;
const shots = flag === "--screenshots" ? folder : undefined;
const looks = [];
for (const width of [1366, 390]) for (const colorScheme of ["light", "dark"]) looks.push({ width, colorScheme });

const browser = await chromium.launch({
  executablePath: process.env.BEDRAIL_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const faults = [];
const fault = (what, detail) => faults.push({ what, detail });

/** Counts everything a hostile string could set off, and everything that leaves the page. */
async function watched(options) {
  const context = await browser.newContext(options);
  await context.addInitScript(() => {
    globalThis.owned = 0;
    for (const name of ["alert", "confirm", "prompt", "print"]) globalThis[name] = () => { globalThis.owned += 1; };
  });
  const tab = await context.newPage();
  tab.on("request", (request) => { if (request.url() !== url) fault("request", request.url()); });
  tab.on("pageerror", (error) => fault("script error", String(error)));
  tab.on("dialog", (dialog) => { fault("dialog", dialog.message()); dialog.dismiss(); });
  return { context, tab };
}

async function look({ width, colorScheme }) {
  const { context, tab } = await watched({ viewport: { width, height: 900 }, colorScheme, bypassCSP: false });
  tab.on("console", (message) => { if (message.type() === "error") fault("console", message.text()); });
  const name = `${width}-${colorScheme}`;
  await tab.goto(url);
  if (shots) {
    mkdirSync(shots, { recursive: true });
    await tab.screenshot({ path: `${shots}/${name}.png`, fullPage: width > 1000 });
  }
  // Everything is opened, as it may be by a reader.
  await tab.evaluate(() => { for (const each of document.querySelectorAll("details")) each.open = true; });
  const wide = await tab.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 0) fault("overflow", `${name}: ${wide} px wider than the window`);
  if (shots) {
    await tab.evaluate(() => {
      [...document.querySelectorAll("details.device")].forEach((each, place) => { each.open = place === 0; });
      document.querySelector("details.device")?.scrollIntoView();
    });
    await tab.screenshot({ path: `${shots}/${name}-device.png` });
    await tab.evaluate(() => { for (const each of document.querySelectorAll("details")) each.open = true; });
  }
  await context.close();
  // axe needs to be injected, which the page's policy rightly forbids.
  const open = await watched({ viewport: { width, height: 900 }, colorScheme, bypassCSP: true });
  await open.tab.goto(url);
  const few = await open.tab.evaluate(() => {
    const all = [...document.querySelectorAll("details")];
    all.slice(0, 12).forEach((each) => { each.open = true; });
    return all.length;
  });
  await open.tab.evaluate(axe);
  const result = await open.tab.evaluate(() => globalThis.axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  }));
  for (const violation of result.violations) {
    fault("axe", `${name}: ${violation.id}, ${violation.nodes.length} places such as ${violation.nodes[0].html.slice(0, 200)}: ${violation.nodes[0].failureSummary}`);
  }
  await open.context.close();
  return few;
}

/** Nothing from the wire runs: not with the page's policy, and not without it either. */
async function hostile(bypassCSP) {
  const { context, tab } = await watched({ viewport: { width: 1366, height: 900 }, bypassCSP });
  await tab.goto(url);
  await tab.evaluate(() => { for (const each of document.querySelectorAll("details")) each.open = true; });
  for (const word of ["<img", "onerror", "script", ""]) await tab.fill("#search", word);
  for (const link of await tab.locator("a[href^='#']").all()) {
    await link.dispatchEvent("click");
  }
  for (const node of await tab.locator(".node").all()) {
    await node.dispatchEvent("mouseenter");
    await node.dispatchEvent("focus");
  }
  await tab.waitForTimeout(300);
  const found = await tab.evaluate(() => ({
    owned: globalThis.owned,
    // Elements and attributes the page never writes: a string became markup.
    strange: [...document.querySelectorAll("img,iframe,object,embed,form,base,link,audio,video,math,body *[style]")].length
      + document.querySelectorAll("script").length - 1
      + [...document.querySelectorAll("*")].filter((each) => [...each.attributes].some((one) => /^on/i.test(one.name))).length
      + [...document.querySelectorAll("a")].filter((each) => !each.getAttribute("href").startsWith("#")).length,
  }));
  if (found.owned) fault("executed", `${found.owned} times, policy ${bypassCSP ? "off" : "on"}`);
  if (found.strange) fault("markup", `${found.strange} elements or attributes from the wire`);
  await context.close();
}

/** Search, links and devices work from the keyboard. */
async function keyboard() {
  const { context, tab } = await watched({ viewport: { width: 1366, height: 900 } });
  await tab.goto(url);
  const count = await tab.locator("details.device").count();
  if (count === 0) return context.close();
  await tab.focus("#search");
  await tab.keyboard.type("no device has this in any of its texts");
  if (await tab.locator("details.device:visible").count() !== 0) fault("search", "shows what does not match");
  await tab.keyboard.press("Escape");
  await tab.fill("#search", "");
  if (await tab.locator("details.device:visible").count() !== count) fault("search", "does not come back");
  await tab.locator("details.device > summary").first().focus();
  await tab.keyboard.press("Enter");
  if (!(await tab.locator("details.device").first().evaluate((each) => each.open))) fault("keyboard", "a device does not open");
  await context.close();
}

try {
  for (const each of looks) await look(each);
  await hostile(false);
  await hostile(true);
  await keyboard();
} catch (error) {
  console.log(JSON.stringify({ failed: String(error) }));
  process.exitCode = 2;
} finally {
  await browser.close();
}
if (process.exitCode !== 2) {
  console.log(JSON.stringify(faults, null, 1));
  process.exitCode = faults.length ? 1 : 0;
}
