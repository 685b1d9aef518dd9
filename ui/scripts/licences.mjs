// Writes dist/licences.txt: what is in the bundle, by whom, under which licence, with its text. Run after a build.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";

const root = new URL("../", import.meta.url);
const read = (path) => JSON.parse(readFileSync(new URL(path, root), "utf8"));
const lock = read("package-lock.json").packages;
const ALLOWED = new Set(["MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "0BSD", "OFL-1.1", "Unlicense"]);

/** Where a dependency of a package lies: nested first, then up. */
function resolve(name, from) {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf("node_modules/") - 1))) {
    const path = `${at ? `${at}/` : ""}node_modules/${name}`;
    if (lock[path]) return path;
    if (!at) return undefined;
  }
}

const seen = new Set();
const queue = Object.keys(lock[""].dependencies).map((name) => resolve(name, ""));
while (queue.length > 0) {
  const path = queue.pop();
  if (!path || seen.has(path)) continue;
  seen.add(path);
  for (const name of Object.keys(lock[path].dependencies ?? {})) queue.push(resolve(name, path));
}

const bad = [];
const parts = [...seen].sort().map((path) => {
  const { version, license } = lock[path];
  const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
  if (!ALLOWED.has(license)) bad.push(`${name} ${version}: ${license}`);
  const folder = new URL(`${path}/`, root);
  const file = existsSync(folder) && readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  return `${name} ${version} (${license})\n\n${file ? readFileSync(new URL(file, folder), "utf8").trim() : "No text in the package."}\n`;
});
if (bad.length > 0) {
  console.error(`licences: not allowed: ${bad.join(", ")}`);
  process.exit(1);
}
parts.push(
  "Red Hat Display, Red Hat Text, Red Hat Mono (OFL-1.1)\n\nCopyright 2021 The Red Hat Project Authors (https://github.com/RedHatOfficial/RedHatFont)\nSIL Open Font License, version 1.1: https://openfontlicense.org\n",
);
writeFileSync(new URL("dist/licences.txt", root), parts.join(`\n${"-".repeat(80)}\n\n`));
console.log(`licences: ${parts.length} parts`);
