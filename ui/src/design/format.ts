// Numbers and times as people read them.

const DAY = 86_400;
const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["week", 604_800],
  ["day", DAY],
  ["hour", 3_600],
  ["minute", 60],
];

/** `3 min. ago`, `yesterday`, `2 months ago`; null within half a minute. */
export function relative(at: number, now: number, language: string): string | null {
  const seconds = (at - now) / 1000;
  if (Math.abs(seconds) < 30) return null;
  const [unit, size] = UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? (["second", 1] as const);
  const long = size >= DAY;
  // A month ago is not what people call last month; a day ago is yesterday.
  const format = new Intl.RelativeTimeFormat(language, {
    numeric: unit === "day" ? "auto" : "always",
    style: long ? "long" : "short",
  });
  return format.format(Math.trunc(seconds / size), unit);
}

/** Date and time with its zone. */
export function absolute(at: number, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "long" }).format(at);
}

/** As `absolute`, to the minute: for what people set, such as the day by which something is due. */
export function toMinute(at: number, language: string): string {
  const day = { year: "numeric", month: "short", day: "numeric" } as const;
  const time = { hour: "numeric", minute: "2-digit", timeZoneName: "short" } as const;
  return new Intl.DateTimeFormat(language, { ...day, ...time }).format(at);
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
