// Where zones stand: four columns from the outside to care, in a fixed order, so that a place never moves by itself.
import type { Schemas } from "../../api/client";

export type Zone = Schemas["Zone"];
export type Conduit = Schemas["Conduit"];
export type ColumnName = "outside" | "other" | "support" | "clinical";

export const COLUMN_NAMES: ColumnName[] = ["outside", "other", "support", "clinical"];

/** Both directions between two zones. */
export interface Link {
  key: string;
  a: string;
  b: string;
  flows: number;
  bytes: number;
  encryptedShare: number;
  clinicalClear: number;
  protocols: string[];
}

/** The column of a zone. Unknown devices count as care: they are treated as the most dangerous. */
export function columnOf(zone: Zone): ColumnName {
  if (zone.kind === "outside") return "outside";
  const of = (name: string) => zone.by_class[name] ?? 0;
  const clinical = zone.devices - of("support") - of("non_clinical");
  if (clinical * 2 > zone.devices) return "clinical";
  return of("support") > 0 ? "support" : "other";
}

export function columnsOf(zones: Zone[]): Map<ColumnName, Zone[]> {
  const columns = new Map<ColumnName, Zone[]>();
  for (const name of COLUMN_NAMES) {
    const inside = zones.filter((each) => columnOf(each) === name);
    if (inside.length > 0) columns.set(name, inside);
  }
  return columns;
}

export function linksOf(conduits: Conduit[]): Link[] {
  const links = new Map<string, Link>();
  for (const each of conduits) {
    if (each.from === each.to) continue;
    const [a, b] = [each.from, each.to].sort() as [string, string];
    const key = `${a} ${b}`;
    const one = links.get(key) ?? { key, a, b, flows: 0, bytes: 0, encryptedShare: 0, clinicalClear: 0, protocols: [] };
    const total = one.bytes + each.bytes;
    one.encryptedShare = total ? (one.encryptedShare * one.bytes + each.encrypted_share * each.bytes) / total : 0;
    one.bytes = total;
    one.flows += each.flows;
    one.clinicalClear += each.cleartext_clinical;
    one.protocols = [...new Set([...one.protocols, ...each.protocols])].sort();
    links.set(key, one);
  }
  return [...links.values()];
}

export interface Box {
  zone: Zone;
  column: number;
  x: number;
  y: number;
}

export interface Placed {
  boxes: Box[];
  lines: { link: Link; path: string; width: number }[];
  height: number;
}

export const BOX = { width: 188, height: 96, gap: 22, head: 34 };

/** Boxes and lines within a width. */
export function place(zones: Zone[], conduits: Conduit[], width: number): Placed {
  const columns = [...columnsOf(zones).values()];
  const most = Math.max(1, ...columns.map((each) => each.length));
  const height = BOX.head + most * (BOX.height + BOX.gap) - BOX.gap;
  const step = columns.length > 1 ? (width - BOX.width) / (columns.length - 1) : 0;
  const boxes = columns.flatMap((inside, column) => {
    const used = inside.length * (BOX.height + BOX.gap) - BOX.gap;
    const top = BOX.head + (height - BOX.head - used) / 2;
    return inside.map((zone, row) => ({ zone, column, x: column * step, y: top + row * (BOX.height + BOX.gap) }));
  });
  return { boxes, lines: lines(boxes, linksOf(conduits)), height };
}

interface End {
  link: Link;
  box: Box;
  other: Box;
  side: "left" | "right";
}

function lines(boxes: Box[], links: Link[]): Placed["lines"] {
  const of = new Map(boxes.map((each) => [each.zone.id, each]));
  const ends: End[] = [];
  for (const link of links) {
    const a = of.get(link.a);
    const b = of.get(link.b);
    if (!a || !b) continue;
    ends.push({ link, box: a, other: b, side: b.column > a.column ? "right" : "left" }, { link, box: b, other: a, side: a.column > b.column ? "right" : "left" });
  }
  // Lines leave a side in the order of where they go, so that they cross as little as possible.
  const at = (end: End): [number, number] => {
    const same = ends.filter((each) => each.box === end.box && each.side === end.side).sort((x, y) => x.other.y - y.other.y || x.other.x - y.other.x);
    const share = (same.indexOf(end) + 1) / (same.length + 1);
    return [end.box.x + (end.side === "right" ? BOX.width : 0), end.box.y + BOX.height * share];
  };
  const top = Math.max(1, ...links.map((each) => Math.log10(each.bytes + 1)));
  const placed: Placed["lines"] = [];
  for (let n = 0; n < ends.length; n += 2) {
    const [from, to] = [ends[n], ends[n + 1]];
    if (!from || !to) continue;
    const [x1, y1] = at(from);
    const [x2, y2] = at(to);
    const bend = from.box.column === to.box.column ? 46 + Math.abs(y1 - y2) / 8 : Math.abs(x2 - x1) / 2;
    const out = (side: End["side"]) => (side === "right" ? bend : -bend);
    placed.push({ link: from.link, path: `M${x1} ${y1} C ${x1 + out(from.side)} ${y1} ${x2 + out(to.side)} ${y2} ${x2} ${y2}`, width: 1.25 + (Math.log10(from.link.bytes + 1) / top) ** 3 * 4 });
  }
  return placed;
}
