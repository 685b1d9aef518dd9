import { describe, expect, it } from "vitest";
import type { SavedView } from "../../api/acts";
import { contentOf, expressionOf, faultOf, searchOf } from "./language";
import { COLUMNS, expressionOffset, filterOf, USUAL_SORT } from "./search";

describe("a search in the filter language", () => {
  it("joins facets, words and the expression without changing what the expression means", () =>
    expect(
      expressionOf({
        lifecycle: ["discovered"],
        class: ["support", "unknown"],
        manufacturer: ['B. "Braun"'],
        label: ["ward-3"],
        unknown: true,
        filter: "name=a or name=b",
      }),
    ).toBe(
      "lifecycle=discovered and (class=support or class=unknown) and manufacturer='B. \"Braun\"' and label=ward-3 and unknown=yes and (name=a or name=b)",
    ));
  it("leaves a lone expression as it was typed", () =>
    expect(expressionOf({ filter: "name=a or name=b" })).toBe("name=a or name=b"));
  it("looks for each word where the search looks", () =>
    expect(expressionOf({ q: "mx 7" })).toContain(
      "(name~mx or ip~mx or mac~mx or serial~mx or model~mx or manufacturer~mx) and (name~7",
    ));
  it("does not wrap the last facet", () =>
    expect(expressionOf({ class: ["support"], label: ["a"] })).toBe("class=support and label=a"));
  it("opens a view as it was saved", () => {
    const search = { filter: "class=support", sort: "name", cols: ["name", "labels"] as never };
    const view = {
      ...contentOf(search, USUAL_SORT),
      id: "v",
      name: "v",
      owner: "a",
      shared: false,
      version: 1,
    } as SavedView;
    expect(searchOf(view, USUAL_SORT, COLUMNS)).toEqual(search);
  });
});

describe("a fault of a filter", () => {
  it("has its place within what was typed", () => {
    const search = { label: ["a"], filter: "colour=red" };
    const asked = filterOf(search).filter ?? "";
    const column = asked.indexOf("colour") + 1;
    expect(faultOf(`character ${column}: unknown word`, expressionOffset(search))).toEqual({
      place: 0,
      what: "unknown word",
    });
  });
  it("may have none", () => expect(faultOf("too long")).toEqual({ place: null, what: "too long" }));
});
