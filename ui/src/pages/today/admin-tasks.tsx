// What Admin has that waits: audits that are overdue, and windows in which changes are expected now.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { overdueQuery, windowsQuery } from "../../api/admin";
import { visible } from "../../design/visible";
import type { Task } from "./today";

const names = (of: { name: string }[]) =>
  of
    .slice(0, 3)
    .map((each) => visible(each.name))
    .join(", ") + (of.length > 3 ? ", …" : "");

export function useAdminTasks(): (Task | false)[] {
  const { t } = useTranslation();
  const overdue = useQuery(overdueQuery).data?.items ?? [];
  const windows = useInfiniteQuery(windowsQuery).data?.pages.flatMap((page) => page.items) ?? [];
  const open = windows.filter((each) => each.open);
  const only = overdue.length === 1 ? overdue[0] : undefined;
  return [
    overdue.length > 0 && {
      id: "audits",
      severity: "high",
      icon: "check",
      title: t("today.overdue", { count: overdue.length }),
      text: names(overdue),
      act: only ? (
        <Link className="go" to="/admin/audits/$id" params={{ id: only.id }}>
          {t("today.overdueDo")}
        </Link>
      ) : (
        <Link className="go" to="/admin/audits">
          {t("today.overdueDo")}
        </Link>
      ),
    },
    open.length > 0 && {
      id: "windows",
      severity: "low",
      icon: "clock",
      title: t("today.window", { count: open.length }),
      text: t("today.windowText", { names: names(open) }),
      act: (
        <Link className="go" to="/admin/windows">
          {t("today.windowDo")}
        </Link>
      ),
    },
  ];
}
