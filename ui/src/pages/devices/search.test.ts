import { describe, expect, it } from "vitest";
import { COLUMNS, readDevicesSearch, SORTS } from "./search";

describe("the address of the device list", () => {
  it("keeps every order that the hub knows, both ways, and no other", () => {
    for (const by of Object.values(SORTS)) {
      expect(readDevicesSearch({ sort: `-${by}` }).sort).toBe(by === "last_seen" ? undefined : `-${by}`);
    }
    expect(readDevicesSearch({ sort: "-manufacturer" }).sort).toBe("-manufacturer");
    for (const column of COLUMNS.filter((each) => SORTS[each] === undefined)) {
      expect(readDevicesSearch({ sort: column }).sort).toBeUndefined();
    }
  });
});
