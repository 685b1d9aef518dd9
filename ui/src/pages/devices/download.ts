// Files made from what the hub answers.
import { answerOf, api, type DeviceRow } from "../../api/client";
import type { DeviceFilter } from "../../api/queries";

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
