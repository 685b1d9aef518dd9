import { describe, expect, it } from "vitest";
import { bytes, lostShare, relative, toMinute } from "./format";

const NOW = Date.parse("2026-11-27T12:00:00Z");

describe("relative times", () => {
  it("are nothing within half a minute", () => expect(relative(NOW - 29_000, NOW, "en")).toBeNull());
  it("name the largest whole unit", () => {
    expect(relative(NOW - 61_000, NOW, "en")).toBe("1 min. ago");
    expect(relative(NOW - 3 * 86_400_000, NOW, "en")).toBe("3 days ago");
    expect(relative(NOW - 26 * 3_600_000, NOW, "de")).toBe("gestern");
  });
  it("are counted, not called last week or last month", () => {
    expect(relative(NOW - 8 * 86_400_000, NOW, "en")).toBe("1 week ago");
    expect(relative(NOW - 40 * 86_400_000, NOW, "en")).toBe("1 month ago");
    expect(relative(NOW - 40 * 86_400_000, NOW, "de")).toBe("vor 1 Monat");
  });
});

describe("times that people set", () => {
  it("have no seconds, and their zone", () =>
    expect(toMinute(NOW, "en")).toMatch(/^Nov 2[678], 2026, \d{1,2}:\d{2} [AP]M \S+$/));
});

describe("amounts", () => {
  it("are in units of a thousand", () => {
    expect(bytes(999, "en")).toBe("999 B");
    expect(bytes(1_850_000, "en")).toBe("1.9 MB");
  });
  it("never round a loss down to nothing", () => {
    expect(lostShare(0, "en")).toBe("0%");
    expect(lostShare(0.0000004, "en")).toBe("< 0.01%");
    expect(lostShare(0.00051, "en")).toBe("0.05%");
  });
});
