import { describe, expect, it } from "vitest";
import { BOX, boxOf, type Conduit, columnOf, linksOf, place, SMALL_BOX, type Zone } from "./layout";

const zone = (id: string, by_class: Record<string, number>, kind: Zone["kind"] = "subnet"): Zone => ({
  id,
  name: id,
  kind,
  by_class,
  devices: Object.values(by_class).reduce((a, b) => a + b, 0),
});
const conduit = (from: string, to: string, more: Partial<Conduit> = {}): Conduit => ({
  from,
  to,
  flows: 1,
  bytes: 100,
  encrypted_share: 0,
  cleartext_clinical: 0,
  protocols: ["hl7"],
  ...more,
});

describe("columns of the map", () => {
  it("count unknown devices as care", () =>
    expect(columnOf(zone("z", { unknown: 2, non_clinical: 1 }))).toBe("clinical"));
  it("put systems apart from offices", () => {
    expect(columnOf(zone("z", { support: 1, non_clinical: 3 }))).toBe("support");
    expect(columnOf(zone("z", { non_clinical: 3 }))).toBe("other");
    expect(columnOf(zone("z", { unknown: 9 }, "outside"))).toBe("outside");
  });
});

describe("links", () => {
  it("join both directions and weigh what is encrypted by volume", () => {
    const [link, ...more] = linksOf([
      conduit("a", "b", { bytes: 300, encrypted_share: 1, protocols: ["tls"] }),
      conduit("b", "a", { cleartext_clinical: 2 }),
      conduit("a", "a"),
    ]);
    expect(more).toEqual([]);
    expect(link).toMatchObject({ bytes: 400, encryptedShare: 0.75, clinicalClear: 2, protocols: ["hl7", "tls"] });
  });
});

describe("the picture", () => {
  const zones = [
    zone("out", { unknown: 1 }, "outside"),
    zone("office", { non_clinical: 4 }),
    zone("dc", { support: 3 }),
    zone("icu", { life_sustaining: 5 }),
    zone("ward", { therapeutic: 5 }),
  ];
  const conduits = [conduit("out", "icu"), conduit("icu", "dc"), conduit("icu", "ward")];
  it("is the same every time", () => expect(place(zones, conduits, 1000)).toEqual(place(zones, conduits, 1000)));
  it("lets no two boxes of a column overlap and stays within its width", () => {
    const { boxes } = place(zones, conduits, 1000);
    for (const a of boxes) {
      expect(a.x + BOX.width).toBeLessThanOrEqual(1000);
      for (const b of boxes)
        if (a !== b && a.column === b.column) expect(Math.abs(a.y - b.y)).toBeGreaterThanOrEqual(BOX.height);
    }
  });
  it("makes boxes small where many networks stand in a column", () => {
    const many = Array.from({ length: 13 }, (_, place) => zone(`ward-${place}`, { therapeutic: 5 }));
    expect(boxOf(zones)).toBe(BOX);
    expect(boxOf(many)).toBe(SMALL_BOX);
    const { boxes, height } = place(many, [], 1000);
    expect(height).toBeLessThan(1000);
    for (const a of boxes)
      for (const b of boxes) if (a !== b) expect(Math.abs(a.y - b.y)).toBeGreaterThanOrEqual(SMALL_BOX.height);
  });
  it("draws a line for every pair, and none for an unknown zone", () =>
    expect(place(zones, [...conduits, conduit("icu", "nowhere")], 1000).lines).toHaveLength(3));
});
