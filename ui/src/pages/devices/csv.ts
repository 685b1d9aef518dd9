// The view as CSV (RFC 4180), safe to open in a spreadsheet: what comes from the wire never becomes a formula.
import type { DeviceRow } from "../../api/client";
import type { Column } from "./search";
import { textOf } from "./text";

/** One field: quoted, and a leading sign of a formula made harmless by an apostrophe (OWASP, CSV injection). */
export function field(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${harmless.replaceAll('"', '""')}"`;
}

export function csvOf(devices: DeviceRow[], columns: Column[]): string {
  // The id comes first, so that a row can be found again.
  const lines = [["id", ...columns].map(field).join(",")];
  for (const each of devices)
    lines.push([each.id, ...columns.map((column) => textOf(each, column))].map(field).join(","));
  return `${lines.join("\r\n")}\r\n`;
}
