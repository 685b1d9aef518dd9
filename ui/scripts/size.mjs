// The size budgets: what a browser fetches before the first page shows, and what each later page adds. Exit 1 over budget.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const KB = 1000;
const BUDGETS = { "initial JavaScript": 220 * KB, CSS: 110 * KB, "page, lazy": 80 * KB };
const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));
const gz = (file) => gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length;

/** The files of a chunk and of all that it imports at once. */
function closure(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const each of manifest[key].imports ?? []) closure(each, seen);
  return seen;
}

const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);
const initial = closure(entry);
const css = new Set(Object.values(manifest).flatMap((each) => each.css ?? []));
const rows = [
  ["initial JavaScript", "initial JavaScript", [...initial].reduce((sum, key) => sum + gz(manifest[key].file), 0)],
  ["CSS", "all style sheets", [...css].reduce((sum, file) => sum + gz(file), 0)],
];
for (const [key, chunk] of Object.entries(manifest)) {
  if (!chunk.isDynamicEntry) continue;
  const added = [...closure(key)].filter((each) => !initial.has(each));
  rows.push([
    "page, lazy",
    `adds ${key.replace(/^src\//, "")}`,
    added.reduce((sum, each) => sum + gz(manifest[each].file), 0),
  ]);
}

let over = 0;
for (const [budget, what, size] of rows) {
  const most = BUDGETS[budget];
  if (size > most) over += 1;
  console.log(
    `${size > most ? "OVER" : "ok  "}  ${(size / KB).toFixed(1).padStart(6)} kB gz of ${String(most / KB).padStart(3)}  ${what}`,
  );
}
process.exit(over ? 1 : 0);
