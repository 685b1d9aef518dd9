// Searches in the hub's filter language, which its API and its command line read too.
import type { SavedView, ViewContent } from "../../api/acts";
import type { Column, DevicesSearch } from "./search";

/** A value as the language reads it. It has no escapes: a text with both quotes cannot be said. */
function quoted(value: string): string {
  if (/^[\p{L}\p{N}_\-.:/*%+@#]+$/u.test(value)) return value;
  return value.includes('"') ? `'${value.replaceAll("'", "")}'` : `"${value}"`;
}

const anyOf = (word: string, values: string[]): string => {
  const terms = values.map((each) => `${word}=${quoted(each)}`);
  return terms.length > 1 ? `(${terms.join(" or ")})` : (terms[0] ?? "");
};

/** Every label of them. */
export const labelTerms = (labels: string[]): string => labels.map((each) => `label=${quoted(each)}`).join(" and ");

/** All of the terms; the last one may be a whole expression. */
export function joined(terms: string[]): string {
  const said = terms.map((each) => each.trim()).filter(Boolean);
  const last = terms.at(-1)?.trim();
  if (said.length > 1 && last) said[said.length - 1] = `(${last})`;
  return said.join(" and ");
}

const SEARCHED = ["name", "ip", "mac", "serial", "model", "manufacturer"];

/** Everything that a search asks for as one expression. */
export function expressionOf(search: DevicesSearch): string {
  const words = (search.q ?? "").split(/\s+/).filter(Boolean);
  return joined([
    anyOf("lifecycle", search.lifecycle ?? []),
    anyOf("class", search.class ?? []),
    anyOf("type", search.type ?? []),
    anyOf("manufacturer", search.manufacturer ?? []),
    labelTerms(search.label ?? []),
    search.unknown ? "unknown=yes" : "",
    ...words.map((each) => `(${SEARCHED.map((word) => `${word}~${quoted(each)}`).join(" or ")})`),
    search.filter ?? "",
  ]);
}

/** What of a search a view keeps. */
export const contentOf = (
  search: DevicesSearch,
  usualSort: string,
): Pick<ViewContent, "filter" | "sort" | "columns"> => ({
  filter: expressionOf(search),
  sort: search.sort ?? usualSort,
  columns: search.cols ?? [],
});

/** The search that shows a view. */
export const searchOf = (view: SavedView, usualSort: string, columns: readonly Column[]): DevicesSearch => {
  const cols = columns.filter((each) => view.columns.includes(each));
  return {
    ...(view.filter ? { filter: view.filter } : {}),
    ...(view.sort !== usualSort ? { sort: view.sort } : {}),
    ...(cols.length > 0 ? { cols } : {}),
  };
};

/** The place that a fault of a filter names (`character 7: ...`), counted from 0, and what is wrong there. */
export function faultOf(detail: string | undefined, offset = 0): { place: number | null; what: string } {
  const found = /^character (\d+): ([\s\S]*)$/.exec(detail ?? "");
  if (!found) return { place: null, what: detail ?? "" };
  return { place: Math.max(0, Number(found[1]) - 1 - offset), what: found[2] ?? "" };
}
