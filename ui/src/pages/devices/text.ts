// Devices as text.
import type { DeviceRow } from "../../api/client";
import type { Column } from "./search";

/** A device by its name, or by what else it is known by. */
export const nameOf = (device: DeviceRow): string | null => device.name ?? device.ips[0] ?? device.macs[0] ?? null;

/** A cell as text; what is unknown says so. */
export function textOf(device: DeviceRow, column: Column): string {
  switch (column) {
    case "name":
      return nameOf(device) ?? "unknown";
    case "product":
      return `${device.manufacturer ?? "unknown"} ${device.model ?? "unknown"}`;
    case "ips":
      return device.ips.join(" ") || "unknown";
    case "macs":
      return device.macs.join(" ") || "unknown";
    case "labels":
      return device.labels.join(" ");
    case "weaknesses":
      return device.weaknesses.join(" ");
    default:
      return device[column] ?? "unknown";
  }
}
