import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";

const PLACES = { t: "/", d: "/devices", m: "/map", c: "/changes", a: "/admin" } as const;

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** Ctrl-K everywhere; single keys only where nobody types and no dialog is open. */
export function useShortcuts(act: { palette: () => void; help: () => void }): void {
  const navigate = useNavigate();
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    let goUntil = 0;
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        latest.current.palette();
        return;
      }
      if (
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        typing(event.target) ||
        document.querySelector('[role="dialog"]')
      )
        return;
      if (event.key === "?") latest.current.help();
      else if (event.key === "/") {
        const field = document.querySelector<HTMLInputElement>("[data-search]");
        if (field) {
          event.preventDefault();
          field.focus();
        } else latest.current.palette();
      } else if (event.key === "g") goUntil = Date.now() + 1200;
      else if (Date.now() < goUntil && event.key in PLACES) {
        goUntil = 0;
        navigate({ to: PLACES[event.key as keyof typeof PLACES] });
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [navigate]);
}
