import type { Evidence } from "../../api/client";

/** What Wireshark's display filter takes to show this frame and field. */
export const wiresharkFilter = (each: Pick<Evidence, "frame" | "field">): string =>
  /^[a-z0-9_]+(\.[a-z0-9_]+)+$/.test(each.field)
    ? `frame.number == ${each.frame} && ${each.field}`
    : `frame.number == ${each.frame}`;
