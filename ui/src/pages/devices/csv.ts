// The view as CSV (RFC 4180), safe to open in a spreadsheet: what comes from the wire never becomes a formula.
import { answerOf, api, type DeviceRow } from "../../api/client";
import type { DeviceFilter } from "../../api/queries";
import { textOf } from "./columns";
import type { Column } from "./search";

/** One field: quoted, and a leading sign of a formula made harmless by an apostrophe (OWASP, CSV injection). */
export function field(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${harmless.replaceAll('"', '""')}"`;
}

export function csvOf(devices: DeviceRow[], columns: Column[]): string {
  // The id comes first, so that a row can be found again.
  const lines = [["id", ...columns].map(field).join(",")];
  for (const each of devices) lines.push([each.id, ...columns.map((column) => textOf(each, column))].map(field).join(","));
  return `${lines.join("\r\n")}\r\n`;
}

/** Every device of the view, page by page. */
export async function everyDevice(filter: DeviceFilter, sort: string): Promise<DeviceRow[]> {
  const all: DeviceRow[] = [];
  let cursor: string | null = null;
  do {
    const page: { items: DeviceRow[]; next_cursor: string | null } = await answerOf(
      api.GET("/api/v1/devices", { params: { query: { ...filter, sort, limit: 500, ...(cursor ? { cursor } : {}) } } }),
    );
    all.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor);
  return all;
}

export function save(text: string, name: string, type: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
