// Views: those that everybody has, and those that people saved in the hub.
import { DropdownGroup, DropdownItem, DropdownList } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type SavedView, viewsQuery } from "../../api/acts";
import { sessionQuery } from "../../api/queries";
import { writeSearch } from "../../app/url";
import { Wire } from "../../design/wire";
import { contentOf, searchOf } from "./language";
import { Menu } from "./menus";
import { COLUMNS, type DevicesSearch, USUAL_SORT, VIEWS } from "./search";
import { ManageViews, ViewDialog } from "./view-dialogs";

export function ViewsMenu({ search }: { search: DevicesSearch }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const views = useQuery(viewsQuery);
  const own = useQuery(sessionQuery).data?.user.name;
  const [open, setOpen] = useState<"save" | "manage" | null>(null);
  const here = writeSearch({ ...search });
  const show = (next: DevicesSearch) => navigate({ to: "/devices", search: next });
  const saved = views.data ?? [];
  return (
    <>
      <Menu label={t("devices.views")} icon="star">
        <DropdownGroup label={t("views.usual")} labelHeadingLevel="h2">
          <DropdownList>
            {VIEWS.map((each) => (
              <DropdownItem
                key={each.id}
                isSelected={writeSearch({ ...each.search }) === here}
                onClick={() => show(each.search)}
              >
                {t(`devices.view.${each.id}`)}
              </DropdownItem>
            ))}
          </DropdownList>
        </DropdownGroup>
        {saved.length > 0 && (
          <DropdownGroup label={t("views.saved")} labelHeadingLevel="h2">
            <DropdownList>
              {saved.map((each) => (
                <DropdownItem
                  key={each.id}
                  isSelected={isShown(each, search)}
                  onClick={() => show(searchOf(each, USUAL_SORT, COLUMNS))}
                  description={
                    each.owner === own ? (
                      each.shared && t("views.shared")
                    ) : (
                      <Wire>{t("views.by", { name: each.owner })}</Wire>
                    )
                  }
                >
                  <Wire>{each.name}</Wire>
                </DropdownItem>
              ))}
            </DropdownList>
          </DropdownGroup>
        )}
        {views.isError && <p className="menu-note quiet">{t("views.missing")}</p>}
        <DropdownList className="menu-end">
          <DropdownItem onClick={() => setOpen("save")}>{t("devices.saveView")}</DropdownItem>
          {saved.some((each) => each.owner === own) && (
            <DropdownItem onClick={() => setOpen("manage")}>{t("views.manage")}</DropdownItem>
          )}
        </DropdownList>
      </Menu>
      {open === "save" && <ViewDialog search={search} close={() => setOpen(null)} />}
      {open === "manage" && (
        <ManageViews views={saved.filter((each) => each.owner === own)} search={search} close={() => setOpen(null)} />
      )}
    </>
  );
}

const isShown = (view: SavedView, search: DevicesSearch): boolean => {
  const here = contentOf(search, USUAL_SORT);
  return view.filter === here.filter && view.sort === here.sort && view.columns.join() === here.columns.join();
};
