// The columns of the list: width, cell, and what a spreadsheet gets.
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { DeviceRow } from "../../api/client";
import { Icon } from "../../design/icon";
import { ClassLabel, LifecycleLabel, Value, WeaknessCount, When } from "../../design/parts";
import { useWords } from "../../design/words";
import type { Column } from "./search";

export const WIDTHS: Record<Column, number> = {
  name: 210, device_type: 150, product: 210, clinical_class: 170, ips: 118, macs: 150, serial: 136, os: 150, location: 150, lifecycle: 150, weaknesses: 116, first_seen: 112, last_seen: 112,
};

/** What the hub sorts by, where it is not the column's own name. */
export const SORTS: Record<Column, string> = {
  name: "name", device_type: "device_type", product: "manufacturer", clinical_class: "clinical_class", ips: "ips", macs: "macs", serial: "serial", os: "os", location: "location", lifecycle: "lifecycle", weaknesses: "weaknesses", first_seen: "first_seen", last_seen: "last_seen",
};

/** A device by its name, or by what else it is known by. */
export const nameOf = (device: DeviceRow): string | null => device.name ?? device.ips[0] ?? device.macs[0] ?? null;

export function NameCell({ device }: { device: DeviceRow }) {
  const { t } = useTranslation();
  const word = useWords();
  return (
    <span className="name-cell">
      <span className={`tile tile-s tile-${device.clinical_class}`}><Icon name={device.clinical_class} size={15} /></span>
      <span className="name-cell-text">
        <Link to="/devices/$id" params={{ id: device.id }} className="clip" title={nameOf(device) ?? undefined}>
          <bdi>{nameOf(device) ?? t("device.unnamed")}</bdi>
        </Link>
        <span className="quiet clip">
          {word("type", device.device_type)}
          {device.external && <> · {t("devices.external")}</>}
        </span>
      </span>
      {device.quarantined && <span className="flag"><Icon name="lock" size={13} /> {t("devices.quarantined")}</span>}
    </span>
  );
}

export function Cell({ device, column }: { device: DeviceRow; column: Column }): ReactNode {
  const word = useWords();
  switch (column) {
    case "name": return <NameCell device={device} />;
    case "device_type": return device.device_type ? word("type", device.device_type) : <Value>{null}</Value>;
    case "product": return device.manufacturer || device.model ? <span className="two"><span className="clip"><bdi>{device.model ?? "–"}</bdi></span><span className="quiet clip"><Value>{device.manufacturer}</Value></span></span> : <Value>{null}</Value>;
    case "clinical_class": return <ClassLabel of={device.clinical_class} plain />;
    case "ips": return <><Value mono>{device.ips[0]}</Value>{device.ips.length > 1 && <span className="quiet"> +{device.ips.length - 1}</span>}</>;
    case "macs": return <Value mono>{device.macs[0]}</Value>;
    case "serial": return <Value mono>{device.serial}</Value>;
    case "os": return <Value>{device.os}</Value>;
    case "location": return <Value>{device.location}</Value>;
    case "lifecycle": return <LifecycleLabel of={device.lifecycle} />;
    case "weaknesses": return <WeaknessCount weaknesses={device.weaknesses} />;
    case "first_seen": return <When at={device.first_seen} />;
    case "last_seen": return <When at={device.last_seen} />;
  }
}

/** A cell as text, for CSV; what is unknown says so. */
export function textOf(device: DeviceRow, column: Column): string {
  switch (column) {
    case "name": return nameOf(device) ?? "unknown";
    case "product": return `${device.manufacturer ?? "unknown"} ${device.model ?? "unknown"}`;
    case "ips": return device.ips.join(" ") || "unknown";
    case "macs": return device.macs.join(" ") || "unknown";
    case "weaknesses": return device.weaknesses.join(" ");
    default: return device[column] ?? "unknown";
  }
}
