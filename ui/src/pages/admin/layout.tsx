import { useQuery } from "@tanstack/react-query";
import { Link, Outlet } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "../../api/queries";
import "../../design/admin.css";
import { placesOf } from "./places";

/** The pages of Admin under one row of tabs. */
export function AdminPage() {
  const { t } = useTranslation();
  const role = useQuery(sessionQuery).data?.user.role;
  return (
    <>
      <header className="head">
        <h1>{t("admin.title")}</h1>
      </header>
      <nav className="tabs admin-tabs" aria-label={t("admin.tabs")}>
        {placesOf(role).map(({ to, word }) => (
          <Link key={to} to={to} activeOptions={{ includeSearch: false }} activeProps={{ "aria-current": "page" }}>
            {t(`admin.tab.${word}`)}
          </Link>
        ))}
      </nav>
      <Outlet />
    </>
  );
}
