// The pages of Admin, for the tabs and the command palette.

import { type Act, may } from "../../app/may";
import type { IconName } from "../../design/icon";

interface Place {
  to:
    | "/admin/sensors"
    | "/admin/users"
    | "/admin/windows"
    | "/admin/audits"
    | "/admin/models"
    | "/admin/backups"
    | "/admin/record"
    | "/admin/about";
  word: "sensors" | "users" | "windows" | "audits" | "models" | "backups" | "record" | "about";
  icon: IconName;
  needs?: Act;
}

const PLACES: Place[] = [
  { to: "/admin/sensors", word: "sensors", icon: "sensor" },
  { to: "/admin/users", word: "users", icon: "user", needs: "accounts" },
  { to: "/admin/windows", word: "windows", icon: "clock" },
  { to: "/admin/audits", word: "audits", icon: "check" },
  { to: "/admin/models", word: "models", icon: "therapeutic" },
  { to: "/admin/backups", word: "backups", icon: "lock", needs: "backups" },
  { to: "/admin/record", word: "record", icon: "changes", needs: "record" },
  { to: "/admin/about", word: "about", icon: "support" },
];

/** Those that a role can use. */
export const placesOf = (role: string | undefined): Place[] =>
  PLACES.filter((each) => !each.needs || may(role, each.needs));
