// Line icons on a grid of 24, drawn for Bedrail. All are decoration: the word stands beside them.

const PATHS = {
  today: "M4 5h16v15H4zM4 10h16M8 3v4M16 3v4M8 14h3M8 17h7",
  devices: "M3 5h18v11H3zM8 20h8M12 16v4M6.500 10.500h2.500l1.500-3 2.500 6 1.500-3H17.500",
  map: "M4 4h6v6H4zM14 14h6v6h-6zM14 4h6v6h-6zM10 7h4M17 10v4M7 10v7h7",
  changes: "M12 7v5l3 2M4 12a8 8 0 1 0 2.600-5.900M4 4v4h4",
  admin: "M4 7h10M18 7h2M4 17h2M10 17h10M16 4.500v5M8 14.500v5M4 12h16",
  search: "M10.500 4a6.500 6.500 0 1 1 0 13 6.500 6.500 0 0 1 0-13zM15.500 15.500 20 20",
  close: "M6 6l12 12M18 6 6 18",
  down: "M6 9l6 6 6-6",
  right: "M9 6l6 6-6 6",
  up: "M6 15l6-6 6 6",
  check: "M5 12.500l4.500 4.500L19 7.500",
  filter: "M4 6h16M7 12h10M10 18h4",
  columns: "M4 5h16v14H4zM9.500 5v14M14.500 5v14",
  download: "M12 4v11M7.500 11 12 15.500 16.500 11M5 20h14",
  upload: "M12 15.500V4.500M7.500 8.500 12 4l4.500 4.500M5 20h14",
  star: "M12 4l2.400 5 5.600.700-4.100 3.800 1.100 5.500-5-2.800L7 19l1.100-5.500L4 9.700 9.600 9z",
  user: "M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM5 20c.500-4 3.500-5.500 7-5.500s6.500 1.500 7 5.500",
  copy: "M9 9h11v11H9zM15 9V4H4v11h5",
  shield: "M12 3.500l7 2.500v5.500c0 4.500-3 7.500-7 9-4-1.500-7-4.500-7-9V6z",
  lock: "M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 0 1 7 0v3M12 14.500v2",
  unlock: "M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 0 1 6.800-1.200M12 14.500v2",
  unplug: "M9 3v4M15 3v4M6.500 7h11v4a5.500 5.500 0 0 1-11 0zM12 16.500V21M3.500 20.500l17-17",
  sensor: "M12 11.500v8.500M8.500 20h7M8.500 11.500a3.500 3.500 0 1 1 7 0M5 11.500a7 7 0 0 1 14 0M12 11.500h.010",
  edit: "M5 19l1-4L16 5l3 3L9 18zM13.500 7.500l3 3",
  keyboard: "M3 6h18v12H3zM7 10h.010M10.500 10h.010M14 10h.010M17 10h.010M8 14h8",
  unknown:
    "M9 9a3 3 0 1 1 4.500 2.600c-1 .600-1.500 1.200-1.500 2.400M12 17.500h.010M4 7V4h3M17 4h3v3M20 17v3h-3M7 20H4v-3",
  life_sustaining:
    "M12 20C6 15.500 3.500 12.500 3.500 9A4.500 4.500 0 0 1 12 7a4.500 4.500 0 0 1 8.500 2c0 3.500-2.500 6.500-8.500 11zM7 12h2.500l1.500-2.500 2 4.500 1.300-2H17",
  therapeutic:
    "M12 3.500c3.500 4.500 5.500 7.200 5.500 10a5.500 5.500 0 0 1-11 0c0-2.800 2-5.500 5.500-10zM9.500 14h5M12 11.500v5",
  monitoring_alarm: "M3.500 5h17v12h-17zM8 20.500h8M6 11.500h3l1.500-3 2.500 5.500 1.500-2.500h3.500",
  diagnostic:
    "M12 4.500a7.500 7.500 0 1 1 0 15 7.500 7.500 0 0 1 0-15zM12 9a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM12 2.500v3M12 18.500v3M2.500 12h3M18.500 12h3",
  support: "M5 4h14v6.500H5zM5 13.500h14V20H5zM8.500 7.200h.010M8.500 16.700h.010M12 7.200h4M12 16.700h4",
  non_clinical: "M3.500 5h17v11h-17zM9 20h6M12 16v4",
  external:
    "M12 3.500a8.500 8.500 0 1 1 0 17 8.500 8.500 0 0 1 0-17zM3.500 12h17M12 3.500c5 5 5 12 0 17M12 3.500c-5 5-5 12 0 17",
  clock: "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16zM12 8v4.500l3 1.500",
  out: "M5 12h13M13 7l5 5-5 5",
  in: "M19 12H6M11 7l-5 5 5 5",
  plus: "M12 5v14M5 12h14",
  undo: "M9 8H15a4.500 4.500 0 0 1 0 9H8M12 4.500 8.500 8l3.500 3.500",
  logout: "M10 5H5v14h5M10 12h10M16 8l4 4-4 4",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 18, className }: { name: IconName; size?: number; className?: string }) {
  return (
    <svg
      className={className ? `icon ${className}` : "icon"}
      viewBox="0 0 24 24"
      width={size}
      height={size}
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg className="mark" viewBox="0 0 32 32" width={size} height={size} aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="7" />
      <path d="M7 24V9.500A2.500 2.500 0 0 1 9.500 7h13A2.500 2.500 0 0 1 25 9.500V24M7 18h18M13 7v11M19 7v11" />
    </svg>
  );
}
