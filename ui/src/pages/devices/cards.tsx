// The list at phone width.
import { Button } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import type { DeviceRow } from "../../api/client";
import { ClassLabel, LifecycleLabel, Value, WeaknessCount, When } from "../../design/parts";
import { NameCell } from "./columns";
import type { Selection } from "./selection";
import { Pick } from "./table";
import { nameOf } from "./text";

export function Cards({
  devices,
  total,
  selection,
  more,
  loading,
}: {
  devices: DeviceRow[];
  total: number;
  selection: Selection;
  more: () => void;
  loading: boolean;
}) {
  const { t } = useTranslation();
  return (
    <>
      <ul className="cards" aria-label={t("devices.table")}>
        {devices.map((each) => (
          <li key={each.id} className={selection.chosen.has(each.id) ? "on" : undefined}>
            <div className="cards-top">
              <NameCell device={each} />
              <Pick
                device={each}
                selection={selection}
                label={t("devices.select", { name: nameOf(each) ?? t("device.unnamed") })}
              />
            </div>
            <div className="cards-line">
              <span className="clip">
                <Value>{[each.manufacturer, each.model].filter(Boolean).join(" ")}</Value>
              </span>
              <ClassLabel of={each.clinical_class} plain />
            </div>
            <dl>
              <div>
                <dt>{t("devices.column.serial")}</dt>
                <dd className="clip">
                  <Value mono>{each.serial}</Value>
                </dd>
              </div>
              <div>
                <dt>{t("devices.column.location")}</dt>
                <dd className="clip">
                  <Value>{each.location}</Value>
                </dd>
              </div>
              <div>
                <dt>{t("devices.column.ips")}</dt>
                <dd className="clip">
                  <Value mono>{each.ips[0]}</Value>
                </dd>
              </div>
              <div>
                <dt>{t("devices.column.last_seen")}</dt>
                <dd>
                  <When at={each.last_seen} />
                </dd>
              </div>
            </dl>
            <div className="cards-line">
              <LifecycleLabel of={each.lifecycle} />
              <WeaknessCount weaknesses={each.weaknesses} />
            </div>
          </li>
        ))}
      </ul>
      {devices.length < total && (
        <Button variant="secondary" isBlock isLoading={loading} onClick={more}>
          {t("state.more")}
        </Button>
      )}
    </>
  );
}
