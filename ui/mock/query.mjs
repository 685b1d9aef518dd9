// Lists of the mock: filter, facets, sort, keyset pages. The hub does this in SQL.

import { parse } from "./language.mjs";

/** The devices that a query asks for; `without` leaves out one facet, so that its other values stay countable. */
export function select(devices, params, zones, without) {
  const list = (name) => (name === without ? [] : params.getAll(name).filter(Boolean));
  const [lifecycle, classes, types, makers] = ["lifecycle", "class", "type", "manufacturer"].map(list);
  const needle = (params.get("q") ?? "").trim().toLowerCase();
  const matches = params.get("filter") ? parse(params.get("filter")) : () => true;
  const unknown = params.get("unknown") === "true";
  return devices.filter(
    (d) =>
      // A part of another device is not listed.
      !d.part_of &&
      (lifecycle.length
        ? lifecycle.includes(d.lifecycle)
        : d.lifecycle !== "retired" || without === "lifecycle" || Boolean(needle)) &&
      (!classes.length || classes.includes(d.clinical_class)) &&
      (!types.length || types.includes(d.device_type ?? "unknown")) &&
      (!makers.length || makers.includes(d.manufacturer ?? "unknown")) &&
      (!unknown || d.clinical_class === "unknown" || d.device_type === null) &&
      (!needle ||
        [d.name, d.manufacturer, d.model, d.serial, d.location, d.os, ...d.ips, ...d.macs].some((each) =>
          each?.toLowerCase().includes(needle),
        )) &&
      matches(d, zones),
  );
}

export function facets(devices, params, zones) {
  const count = (name, of) => {
    const counts = new Map();
    for (const device of select(devices, params, zones, name))
      counts.set(of(device), (counts.get(of(device)) ?? 0) + 1);
    return [...counts].map(([value, n]) => ({ value, count: n })).sort((a, b) => b.count - a.count);
  };
  return {
    class: count("class", (d) => d.clinical_class),
    lifecycle: count("lifecycle", (d) => d.lifecycle),
    manufacturer: count("manufacturer", (d) => d.manufacturer),
    type: count("type", (d) => d.device_type),
  };
}

const CLASSES = [
  "unknown",
  "life_sustaining",
  "therapeutic",
  "monitoring_alarm",
  "diagnostic",
  "support",
  "non_clinical",
];

export function sorted(devices, sort) {
  const down = sort.startsWith("-");
  const column = down ? sort.slice(1) : sort;
  const key = (d) => {
    if (column === "clinical_class") return String(CLASSES.indexOf(d.clinical_class));
    if (column === "ips")
      return (
        d.ips[0]
          ?.split(".")
          .map((each) => each.padStart(3, "0"))
          .join(".") ?? ""
      );
    if (column === "weaknesses") return String(d.weaknesses.length).padStart(3, "0");
    return String(d[column] ?? "");
  };
  return [...devices].sort((a, b) => {
    // What is unknown comes last, either way.
    if (!key(a) !== !key(b)) return key(a) ? -1 : 1;
    return key(a).localeCompare(key(b)) * (down ? -1 : 1) || a.id.localeCompare(b.id);
  });
}

/** A page after the item that the cursor names. */
export function page(items, params, most = 500) {
  const limit = Math.min(Number(params.get("limit") ?? 50), most);
  const after = params.get("cursor");
  const from = after ? items.findIndex((each) => (each.id ?? each.key) === after) + 1 : 0;
  const slice = items.slice(from, from + limit);
  return { slice, next: from + limit < items.length ? (slice.at(-1).id ?? slice.at(-1).key) : null };
}
