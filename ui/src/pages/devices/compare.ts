// Devices side by side: what is the same, what is at odds, what only some of them say.
import type { DeviceRow } from "../../api/client";

/** `joined`: lists that become one. `own`: that of the device that stays counts. */
export type How = "same" | "odds" | "some" | "none" | "joined" | "own";

export interface Compared {
  name: string;
  /** Of each device, in order. */
  values: string[][];
  how: How;
}

const ONE = ["device_type", "clinical_class", "manufacturer", "model", "serial", "os", "location", "zone"] as const;

export function compare(devices: DeviceRow[]): Compared[] {
  const one = ONE.map((name): Compared => {
    const values = devices.map((each) => (each[name] && each[name] !== "unknown" ? [each[name]] : []));
    const said = new Set(values.flat().map((each) => each.toLowerCase()));
    const all = values.every((each) => each.length > 0);
    return { name, values, how: said.size > 1 ? "odds" : said.size === 0 ? "none" : all ? "same" : "some" };
  });
  return [
    ...one,
    { name: "ips", values: devices.map((each) => each.ips), how: "joined" },
    { name: "macs", values: devices.map((each) => each.macs), how: "joined" },
    { name: "labels", values: devices.map((each) => each.labels), how: "own" },
    { name: "lifecycle", values: devices.map((each) => [each.lifecycle]), how: "own" },
  ];
}
