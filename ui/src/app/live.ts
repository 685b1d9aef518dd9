// The page follows the hub: its events make what is shown old, at most every few seconds.
import { useEffect, useState } from "react";
import { queryClient } from "../api/queries";

const CALM = 3000;
const RETRY = 5000;

/** Listens while the page is open; says whether the hub is heard. */
export function useLive(on: boolean): boolean {
  const [live, setLive] = useState(true);
  useEffect(() => {
    if (!on) return;
    const stale = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const flush = () => {
      timer = undefined;
      if (stale.has("summary")) queryClient.invalidateQueries({ queryKey: ["summary"] });
      if (stale.has("sensors")) queryClient.invalidateQueries({ queryKey: ["sensors"] });
      const devices = [...stale].filter((each) => each.startsWith("dev"));
      for (const id of devices) queryClient.invalidateQueries({ queryKey: ["device", id] });
      if (devices.length > 0) queryClient.invalidateQueries({ queryKey: ["devices"] });
      if (stale.has("changed")) queryClient.invalidateQueries({ queryKey: ["changes"] });
      stale.clear();
    };
    const later = () => {
      timer ??= setTimeout(flush, CALM);
    };
    let source: EventSource | undefined;
    let again: ReturnType<typeof setTimeout> | undefined;
    let missed = false;
    const connect = () => {
      source = new EventSource("/api/v1/events");
      source.addEventListener("open", () => {
        setLive(true);
        // What happened while nobody listened is not told again.
        if (missed) queryClient.invalidateQueries();
        missed = false;
      });
      source.addEventListener("error", () => {
        setLive(false);
        missed = true;
        // The browser tries again by itself, unless the hub refused: then a question shows why (the session may have ended).
        if (source?.readyState !== EventSource.CLOSED) return;
        queryClient.invalidateQueries({ queryKey: ["summary"] });
        again = setTimeout(connect, RETRY);
      });
      source.addEventListener("summary", () => {
        stale.add("summary").add("sensors");
        later();
      });
      source.addEventListener("device", (event) => {
        const told = parse(event.data);
        if (!told) return;
        stale.add(told.id);
        if (told.kind !== "seen") stale.add("changed");
        later();
      });
    };
    connect();
    return () => {
      source?.close();
      clearTimeout(timer);
      clearTimeout(again);
    };
  }, [on]);
  return live;
}

function parse(data: string): { id: string; kind: string } | null {
  try {
    const value: unknown = JSON.parse(data);
    if (typeof value === "object" && value !== null && "id" in value && "kind" in value)
      return { id: String(value.id), kind: String(value.kind) };
  } catch {
    // An event that cannot be read changes nothing.
  }
  return null;
}
