import { useSyncExternalStore } from "react";
import { remember } from "./memory";

export const THEMES = ["light", "dark", "contrast"] as const;
export type Theme = (typeof THEMES)[number];

const listeners = new Set<() => void>();

export function chooseTheme(theme: Theme): void {
  const root = document.documentElement;
  root.classList.toggle("pf-v6-theme-dark", theme === "dark");
  root.classList.toggle("pf-v6-theme-high-contrast", theme === "contrast");
  root.dataset.theme = theme;
  remember("theme", theme);
  for (const each of listeners) each();
}

const current = (): Theme => (document.documentElement.dataset.theme as Theme | undefined) ?? "light";

export function useTheme(): Theme {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, current);
}
