import { describe, expect, it } from "vitest";
import type { DeviceRow } from "../../api/client";
import { csvOf, field } from "./csv";

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

describe("CSV", () => {
  it.each(["=1+1", "+1", "-1", "@x", "\tx", "\rx"])("makes %j harmless", (text) =>
    expect(field(text).startsWith("\"'")).toBe(true),
  );
  it("doubles quotes and keeps commas and line ends within the field", () =>
    expect(field('a"b,c\nd')).toBe('"a""b,c\nd"'));
  it("says unknown where nothing is known", () => {
    expect(csvOf([device({})], ["name", "serial", "clinical_class"])).toBe(
      '"id","name","serial","clinical_class"\r\n"dev_1","unknown","unknown","unknown"\r\n',
    );
  });
});
