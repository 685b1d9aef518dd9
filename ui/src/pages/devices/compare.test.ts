import { describe, expect, it } from "vitest";
import type { DeviceRow } from "../../api/client";
import { compare } from "./compare";

const device = (more: Partial<DeviceRow>): DeviceRow => ({
  id: "dev_1",
  name: null,
  manufacturer: null,
  model: null,
  device_type: null,
  clinical_class: "unknown",
  os: null,
  ips: [],
  macs: [],
  serial: null,
  location: null,
  zone: null,
  labels: [],
  lifecycle: "discovered",
  quarantined: false,
  external: false,
  weaknesses: [],
  first_seen: "2026-01-01T00:00:00Z",
  last_seen: "2026-01-01T00:00:00Z",
  version: 1,
  ...more,
});

describe("devices side by side", () => {
  const how = (a: Partial<DeviceRow>, b: Partial<DeviceRow>, name: string) =>
    compare([device(a), device(b)]).find((each) => each.name === name)?.how;
  it("says what is at odds, and that capitals are not", () => {
    expect(how({ serial: "A1" }, { serial: "A2" }, "serial")).toBe("odds");
    expect(how({ serial: "A1" }, { serial: "a1" }, "serial")).toBe("same");
  });
  it("takes what is unknown for no answer, never for the same", () => {
    expect(how({ clinical_class: "life_sustaining" }, {}, "clinical_class")).toBe("some");
    expect(how({}, {}, "clinical_class")).toBe("none");
  });
  it("joins addresses", () => expect(how({ ips: ["10.0.0.1"] }, {}, "ips")).toBe("joined"));
});
