// Menus above the list: selection, columns, export.
import { Alert, Dropdown, DropdownItem, DropdownList, MenuToggle } from "@patternfly/react-core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { exportCsv, exportFhir } from "../../api/acts";
import type { DeviceRow } from "../../api/client";
import type { DeviceFilter } from "../../api/queries";
import { problemText } from "../../design/act";
import { Icon, type IconName } from "../../design/icon";
import { save } from "./download";
import { COLUMNS, type Column, type DevicesSearch, USUAL } from "./search";
import type { Selection } from "./selection";

export function Menu({
  label,
  icon,
  children,
  keepOpen,
}: {
  label: string;
  icon: IconName;
  children: ReactNode;
  keepOpen?: boolean;
}) {
  const [open, setOpen] = useState(false);
  return (
    <Dropdown
      isOpen={open}
      onOpenChange={setOpen}
      onSelect={() => !keepOpen && setOpen(false)}
      popperProps={{ position: "end", appendTo: "inline" }}
      isScrollable
      maxMenuHeight="min(70vh, 32rem)"
      toggle={(ref) => (
        <MenuToggle
          ref={ref}
          size="sm"
          isExpanded={open}
          onClick={() => setOpen(!open)}
          icon={<Icon name={icon} size={15} />}
        >
          {label}
        </MenuToggle>
      )}
    >
      {children}
    </Dropdown>
  );
}

export function SelectMenu({ selection, loaded }: { selection: Selection; loaded: DeviceRow[] }) {
  const { t } = useTranslation();
  return (
    <Menu label={t("devices.selectMenu")} icon="check">
      <DropdownList>
        <DropdownItem onClick={() => selection.set([])}>{t("devices.selectNone")}</DropdownItem>
        {loaded.length > 25 && (
          <DropdownItem onClick={() => selection.set(loaded.slice(0, 25))}>
            {t("devices.selectFirst", { count: 25 })}
          </DropdownItem>
        )}
        <DropdownItem onClick={() => selection.set(loaded)}>
          {t("devices.selectLoaded", { count: loaded.length })}
        </DropdownItem>
      </DropdownList>
    </Menu>
  );
}

export function ColumnsMenu({
  columns,
  change,
}: {
  columns: Column[];
  change: (next: Partial<DevicesSearch>) => void;
}) {
  const { t } = useTranslation();
  const choose = (column: Column) => {
    const next = COLUMNS.filter((each) => (each === column ? !columns.includes(each) : columns.includes(each)));
    if (next.length > 0) change({ cols: next.join() === USUAL.join() ? undefined : next });
  };
  return (
    <span className="hide-phone">
      <Menu label={t("devices.columns")} icon="columns" keepOpen>
        <DropdownList>
          {COLUMNS.map((each) => (
            <DropdownItem
              key={each}
              hasCheckbox
              isSelected={columns.includes(each)}
              isDisabled={each === "name"}
              onClick={() => choose(each)}
            >
              {t(`devices.column.${each}`)}
            </DropdownItem>
          ))}
        </DropdownList>
      </Menu>
    </span>
  );
}

/** The devices of the view as files, written by the hub. */
export function ExportMenu({ filter, sort }: { filter: DeviceFilter; sort: string }) {
  const { t } = useTranslation();
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const file = async (ending: string, type: string, text: () => Promise<string>) => {
    setBusy(true);
    setProblem(null);
    try {
      save(await text(), `devices-${new Date().toISOString().slice(0, 10)}.${ending}`, type);
    } catch (error) {
      setProblem(problemText(error, t));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Menu label={t(busy ? "state.loading" : "devices.export")} icon="download">
        <DropdownList>
          <DropdownItem
            description={t("devices.csvHint")}
            onClick={() => file("csv", "text/csv;charset=utf-8", () => exportCsv(filter, sort))}
          >
            {t("devices.csv")}
          </DropdownItem>
          <DropdownItem
            description={t("devices.fhirHint")}
            onClick={() => file("fhir.json", "application/fhir+json", () => exportFhir(filter, sort))}
          >
            {t("devices.fhir")}
          </DropdownItem>
        </DropdownList>
      </Menu>
      {problem && <Alert isInline isPlain variant="danger" title={problem} component="p" aria-live="assertive" />}
    </>
  );
}
