import { describe, expect, it } from "vitest";
import { filterCount, filterOf, readDevicesSearch } from "../pages/devices/search";
import { readSearch, writeSearch } from "./url";

describe("the address of a view", () => {
  it("reads back what it wrote", () => {
    const search = {
      q: "a&b=c",
      filter: 'zone="Radiology"',
      class: ["unknown", "diagnostic"],
      manufacturer: ["Siemens, Inc."],
      unknown: true,
      sort: "-serial",
      cols: ["name", "serial"],
    };
    expect(readDevicesSearch(readSearch(writeSearch(search)))).toEqual(search);
  });
  it("leaves out what is not understood", () => {
    expect(readDevicesSearch({ sort: "<script>", cols: ["x"], unknown: "maybe", nothing: "1" })).toEqual({});
  });
  it("leaves out what is usual", () =>
    expect(writeSearch({ q: "", class: [], unknown: false, sort: undefined })).toBe(""));
  it("tells filters from looks", () => {
    const search = readDevicesSearch({ class: ["unknown"], q: "x", sort: "serial", cols: "name" });
    expect(filterOf(search)).toEqual({ class: ["unknown"], q: "x" });
    expect(filterCount(search)).toBe(2);
  });
});
