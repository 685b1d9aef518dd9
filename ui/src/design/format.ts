// Numbers and times as people read them.

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** `3 min ago`; null within half a minute. */
export function relative(at: number, now: number, language: string): string | null {
  const seconds = (at - now) / 1000;
  if (Math.abs(seconds) < 30) return null;
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });
  for (const [unit, size] of UNITS)
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  return format.format(Math.trunc(seconds), "second");
}

/** Date and time with its zone. */
export function absolute(at: number, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "long" }).format(at);
}

/** The time of day with its zone, where the day stands above. */
export const clock = (at: number, language: string): string =>
  new Intl.DateTimeFormat(language, { timeStyle: "long" }).format(at);

export function bytes(n: number, language: string): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let size = n;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${new Intl.NumberFormat(language, { maximumSignificantDigits: size >= 100 ? 3 : 2 }).format(size)} ${units[unit]}`;
}

export const number = (n: number, language: string): string => new Intl.NumberFormat(language).format(n);

export const percent = (share: number, language: string, digits = 0): string =>
  new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: digits }).format(share);

/** A share of lost frames: never rounded down to nothing. */
export function lostShare(share: number, language: string): string {
  if (share === 0) return percent(0, language);
  if (share < 0.0001) return `< ${percent(0.0001, language, 2)}`;
  return percent(share, language, 2);
}
