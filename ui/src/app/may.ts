// What is offered to whom. The hub decides and says so; what is missing here is only not shown.
import { useQuery } from "@tanstack/react-query";
import { sessionQuery } from "../api/queries";

export type Act = "accounts" | "answers" | "audits" | "backups" | "models" | "record" | "sensors" | "windows";

const ENGINEER: Act[] = ["answers", "audits", "models", "record", "windows"];
const ACTS: Record<string, Act[]> = {
  admin: [...ENGINEER, "accounts", "backups", "sensors"],
  engineer: ENGINEER,
  viewer: [],
};

export const may = (role: string | undefined, act: Act): boolean => ACTS[role ?? ""]?.includes(act) ?? false;

export function useMay(): (act: Act) => boolean {
  const role = useQuery(sessionQuery).data?.user.role;
  return (act) => may(role, act);
}
