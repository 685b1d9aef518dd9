// The UI in a real browser: against the mock, under the policy the hub sends, and against the real hub.
//   node e2e/run.mjs [PART ...]     all parts without arguments; they are listed below
// Prints what was measured; exit 1 when anything is wrong.
import { accessibility } from "./axe.mjs";
import { launch } from "./browser.mjs";
import { hostileStrings } from "./hostile.mjs";
import { inventory } from "./inventory.mjs";
import { hubAccessibility, hubActs, hubHostile, hubSensor, hubTasks } from "./real.mjs";
import { states } from "./states.mjs";
import { tasks } from "./tasks.mjs";

const PARTS = {
  "hub-tasks": hubTasks,
  "hub-sensor": hubSensor,
  "hub-acts": hubActs,
  "hub-hostile": hubHostile,
  "hub-axe": hubAccessibility,
  tasks,
  states,
  inventory,
  hostile: hostileStrings,
  axe: accessibility,
};
const wanted = process.argv.slice(2);
for (const each of wanted)
  if (!(each in PARTS)) throw new Error(`no part \`${each}\`; there are ${Object.keys(PARTS).join(", ")}`);
const browser = await launch();
const faults = [];
let passed = 0;
let failed = 0;
try {
  for (const [name, part] of Object.entries(PARTS)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const before = faults.length;
    const began = performance.now();
    let figures = "";
    try {
      figures = await part(browser, (fault) => faults.push(`${name}: ${fault}`));
    } catch (error) {
      faults.push(`${name}: ${error.stack}`);
    }
    const held = faults.length === before;
    if (held) passed += 1;
    else failed += 1;
    console.log(
      `${held ? "ok  " : "FAIL"}  ${name}  ${figures}  (${((performance.now() - began) / 1000).toFixed(1)} s)`,
    );
  }
} finally {
  await browser.close();
}
for (const each of faults) console.log(each);
const counts = `${passed} passed; ${failed} failed`;
console.log(`test result: ${faults.length > 0 ? "FAILED" : "ok"}. ${counts}`);
process.exit(faults.length > 0 ? 1 : 0);
