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

export interface Measures {
  width: number;
  height: number;
  gap: number;
  head: number;
}

export const BOX: Measures = { width: 192, height: 92, gap: 26, head: 40 };
/** Where many networks stand in one column. */
export const SMALL_BOX: Measures = { width: 192, height: 56, gap: 10, head: 40 };
const MANY = 6;

/** The boxes that fit what there is to show. */
export function boxOf(zones: Zone[]): Measures {
  const most = Math.max(0, ...[...columnsOf(zones).values()].map((each) => each.length));
  return most > MANY ? SMALL_BOX : BOX;
}

/** Boxes and lines within a width. */
export function place(zones: Zone[], conduits: Conduit[], width: number, box = boxOf(zones)): Placed {
  const columns = [...columnsOf(zones).values()];
  const most = Math.max(1, ...columns.map((each) => each.length));
  const height = box.head + most * (box.height + box.gap) - box.gap;
  const step = columns.length > 1 ? (width - box.width) / (columns.length - 1) : 0;
  const boxes = columns.flatMap((inside, column) => {
    const used = inside.length * (box.height + box.gap) - box.gap;
    const top = box.head + (height - box.head - used) / 2;
    return inside.map((zone, row) => ({ zone, column, x: column * step, y: top + row * (box.height + box.gap) }));
  });
  return { boxes, lines: lines(boxes, linksOf(conduits), box), height };
}

interface End {
  link: Link;
  box: Box;
  other: Box;
  side: "left" | "right";
}

type Point = [number, number];

function lines(boxes: Box[], links: Link[], size: Measures): Placed["lines"] {
  const of = new Map(boxes.map((each) => [each.zone.id, each]));
  const pairs: [End, End][] = [];
  for (const link of links) {
    const [a, b] = [of.get(link.a), of.get(link.b)].sort((x, y) => (x?.column ?? 0) - (y?.column ?? 0));
    if (!a || !b) continue;
    pairs.push([
      { link, box: a, other: b, side: b.column > a.column ? "right" : "left" },
      { link, box: b, other: a, side: "left" },
    ]);
  }
  const ends = pairs.flat();
  // Lines leave a side in the order of where they go, so that they cross as little as possible.
  const at = (end: End): Point => {
    const same = ends
      .filter((each) => each.box === end.box && each.side === end.side)
      .sort((x, y) => x.other.y - y.other.y || x.other.x - y.other.x);
    const share = (same.indexOf(end) + 1) / (same.length + 1);
    return [end.box.x + (end.side === "right" ? size.width : 0), end.box.y + size.height * share];
  };
  const top = Math.max(1, ...links.map((each) => Math.log10(each.bytes + 1)));
  const used = new Map<string, number>();
  return pairs.map(([from, to]) => ({
    link: from.link,
    path:
      from.box.column === to.box.column
        ? loop(at(from), at(to))
        : through(
            at(from),
            at(to),
            size.width,
            passages(boxes, [from.box, to.box], [at(from)[1], at(to)[1]], used, size),
          ),
    width: 1.25 + (Math.log10(from.link.bytes + 1) / top) ** 3 * 3,
  }));
}

/** Between two boxes of one column: out to the left and back. */
function loop([x1, y1]: Point, [x2, y2]: Point): string {
  const bend = 40 + Math.abs(y1 - y2) / 8;
  return `M${x1} ${y1} C ${x1 - bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
}

/** The gaps by which a line passes the columns between its ends: the one nearest to the straight way. */
function passages(
  boxes: Box[],
  [from, to]: [Box, Box],
  [y1, y2]: [number, number],
  used: Map<string, number>,
  size: Measures,
): Point[] {
  const ways: Point[] = [];
  for (let column = from.column + 1; column < to.column; column += 1) {
    const inside = boxes.filter((each) => each.column === column).sort((a, b) => a.y - b.y);
    const first = inside[0];
    const last = inside.at(-1);
    if (!first || !last) continue;
    const straight = y1 + ((y2 - y1) * (column - from.column)) / (to.column - from.column);
    const gaps = [first.y - size.gap / 2, ...inside.map((each) => each.y + size.height + size.gap / 2)];
    const gap = gaps.reduce((best, each) => (Math.abs(each - straight) < Math.abs(best - straight) ? each : best));
    // Several lines in one gap lie beside each other.
    const key = `${column} ${gap}`;
    const before = used.get(key) ?? 0;
    used.set(key, before + 1);
    const aside = Math.ceil(before / 2) * 5 * (before % 2 === 0 ? 1 : -1);
    ways.push([first.x, gap + aside]);
  }
  return ways;
}

function through(start: Point, end: Point, width: number, ways: Point[]): string {
  let path = `M${start[0]} ${start[1]}`;
  let [x, y] = start;
  const curve = ([toX, toY]: Point) => {
    const bend = (toX - x) / 2;
    path += ` C ${x + bend} ${y} ${toX - bend} ${toY} ${toX} ${toY}`;
  };
  for (const [wayX, wayY] of ways) {
    curve([wayX, wayY]);
    path += ` H ${wayX + width}`;
    [x, y] = [wayX + width, wayY];
  }
  curve(end);
  return path;
}
