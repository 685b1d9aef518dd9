// What the address of the device list says: filters, sort, columns. Kept apart from the page, which is fetched later.
import type { DeviceFilter } from "../../api/queries";
import { listOf } from "../../app/url";
import { joined, labelTerms } from "./language";

export const COLUMNS = [
  "name",
  "device_type",
  "product",
  "clinical_class",
  "ips",
  "macs",
  "serial",
  "os",
  "location",
  "lifecycle",
  "labels",
  "weaknesses",
  "first_seen",
  "last_seen",
] as const;
export type Column = (typeof COLUMNS)[number];
export const USUAL: Column[] = [
  "name",
  "product",
  "clinical_class",
  "serial",
  "location",
  "lifecycle",
  "weaknesses",
  "last_seen",
];
export const USUAL_SORT = "-last_seen";

/** What the hub sorts by for a column; the others have no order. */
export const SORTS: Partial<Record<Column, string>> = {
  name: "name",
  device_type: "device_type",
  product: "manufacturer",
  clinical_class: "clinical_class",
  serial: "serial",
  os: "os",
  location: "location",
  lifecycle: "lifecycle",
  first_seen: "first_seen",
  last_seen: "last_seen",
};

export interface DevicesSearch extends DeviceFilter {
  label?: string[];
  sort?: string;
  cols?: Column[];
}

const FACETS = ["class", "lifecycle", "type", "manufacturer"] as const;

/** A search from whatever an address holds: what is not understood is left out. */
export function readDevicesSearch(from: Record<string, unknown>): DevicesSearch {
  const search: DevicesSearch = {};
  for (const name of ["q", "filter"] as const)
    if (typeof from[name] === "string" && from[name]) search[name] = from[name];
  for (const name of [...FACETS, "label"] as const) {
    const values = listOf(from[name]);
    if (values.length > 0) search[name] = values;
  }
  if (from.unknown === "true" || from.unknown === true) search.unknown = true;
  const cols = listOf(from.cols).filter((each): each is Column => COLUMNS.includes(each as Column));
  if (cols.length > 0) search.cols = cols;
  if (
    typeof from.sort === "string" &&
    Object.values(SORTS).includes(from.sort.replace(/^-/, "")) &&
    from.sort !== USUAL_SORT
  )
    search.sort = from.sort;
  return search;
}

/** What of it the hub filters by. */
export function filterOf({ sort: _, cols: __, label, ...filter }: DevicesSearch): DeviceFilter {
  if (!label) return filter;
  return { ...filter, filter: joined([labelTerms(label), filter.filter ?? ""]) };
}

/** How far the expression is moved in what the hub is asked: its faults name places in the whole. */
export const expressionOffset = ({ label, filter }: DevicesSearch): number =>
  label && filter ? joined([labelTerms(label), filter]).indexOf(`(${filter})`) + 1 : 0;

/** How many filters are set. */
export function filterCount(search: DevicesSearch): number {
  return (
    [...FACETS, "label" as const].reduce((sum, name) => sum + (search[name]?.length ?? 0), 0) +
    (search.unknown ? 1 : 0) +
    (search.filter ? 1 : 0) +
    (search.q ? 1 : 0)
  );
}

export const VIEWS = [
  { id: "all", search: {} },
  { id: "approval", search: { lifecycle: ["discovered"], sort: "-first_seen" } },
  { id: "unknown", search: { unknown: true } },
  { id: "life", search: { class: ["life_sustaining"] } },
  { id: "clear", search: { filter: "weakness=cleartext_patient_data" } },
  { id: "out", search: { lifecycle: ["out_of_service"] } },
  { id: "retired", search: { lifecycle: ["retired"] } },
] as const satisfies { id: string; search: DevicesSearch }[] as unknown as {
  id: "all" | "approval" | "unknown" | "life" | "clear" | "out" | "retired";
  search: DevicesSearch;
}[];
