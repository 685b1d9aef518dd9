// What comes from the wire is shown and never run: under the policy, and without it.

import { HOSTILE } from "../mock/hospital.mjs";
import { start } from "../mock/server.mjs";
import { open, routes, settled } from "./browser.mjs";

/** What became of the strings on a page: whether one ran, what they made, what they tried to load. */
export function trace(tab) {
  return tab.evaluate(() => {
    // Everything is opened, as it may be by a reader.
    for (const each of document.querySelectorAll("main details")) each.open = true;
    return new Promise((resolve) =>
      setTimeout(
        () =>
          resolve({
            owned: globalThis.owned,
            refused: globalThis.refused,
            strange: document.querySelectorAll(
              'img, iframe, svg[onload], [onerror], [onload], [ontoggle], a[href^="javascript:" i], main script',
            ).length,
            text: document.body.innerText,
          }),
        60,
      ),
    );
  });
}

/** Text as it is shown: what turns or hides it is written out. */
export const shown = (text) =>
  text.replace(/[\u202a-\u202e]/g, (each) => `\u2039U+${each.codePointAt(0).toString(16).toUpperCase()}\u203a`);

export async function hostileStrings(browser, fault) {
  const hub = await start({ live: false });
  const paths = routes(hub.world);
  const hostile = hub.world.devices.filter((each) => HOSTILE.includes(each.name));
  if (hostile.length < HOSTILE.length)
    fault(`only ${hostile.length} of ${HOSTILE.length} hostile names are in the hospital`);
  let looked = 0;
  let visible = 0;
  for (const [bypassCSP, size] of [
    [false, "wide"],
    [true, "phone"],
  ]) {
    const { tab, context, faults } = await open(browser, hub, { size, bypassCSP });
    const visit = async (path) => {
      await tab.goto(hub.url + path);
      await settled(tab);
      looked += 1;
      const state = await trace(tab);
      if (state.owned) fault(`${path} (${size}, policy ${bypassCSP ? "off" : "on"}): a string from the wire ran`);
      if (state.strange) fault(`${path} (${size}): ${state.strange} elements that come from a string`);
      return state.text;
    };
    for (const path of Object.values(paths)) await visit(path);
    for (const device of hostile) {
      const name = shown(device.name).slice(0, 24);
      for (const tab of ["", "?tab=evidence", "?tab=raw", "?tab=timeline", "?tab=conversations"]) {
        const text = await visit(`/devices/${device.id}${tab}`);
        if (text.includes(name)) visible += 1;
        else fault(`/devices/${device.id}${tab}: the name ${name} is not shown as text`);
      }
    }
    for (const text of HOSTILE)
      await visit(
        `/devices?q=${encodeURIComponent(text)}&filter=${encodeURIComponent(text)}&sort=${encodeURIComponent(text)}&cols=${encodeURIComponent(text)}`,
      );
    // The palette shows names too.
    await tab.keyboard.press("Control+k");
    await tab.fill('[role="combobox"]', "<img");
    await tab.waitForSelector('[role="option"]');
    if (await tab.evaluate(() => globalThis.owned)) fault(`palette (${size}): a string from the wire ran`);
    for (const each of faults) fault(each);
    await context.close();
  }
  await hub.stop();
  return `${looked} pages, ${HOSTILE.length} strings, shown as text ${visible} times, 0 expected to run`;
}
