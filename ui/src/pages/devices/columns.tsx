// The columns of the list: width, cell, and what a spreadsheet gets.

import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { DeviceRow } from "../../api/client";
import { Icon } from "../../design/icon";
import { ClassLabel, LifecycleLabel, Value, WeaknessCount, When } from "../../design/parts";
import { Wire } from "../../design/wire";
import { useWords } from "../../design/words";
import { LabelLink } from "./label";
import type { Column } from "./search";
import { nameOf } from "./text";

export const WIDTHS: Record<Column, number> = {
  name: 165,
  device_type: 136,
  product: 134,
  clinical_class: 125,
  ips: 106,
  macs: 140,
  serial: 94,
  os: 124,
  location: 94,
  lifecycle: 106,
  labels: 130,
  weaknesses: 98,
  first_seen: 90,
  last_seen: 92,
};

export function NameCell({ device }: { device: DeviceRow }) {
  const { t } = useTranslation();
  const word = useWords();
  return (
    <span className="name-cell">
      <span className={`tile tile-s tile-${device.clinical_class}`}>
        <Icon name={device.clinical_class} size={15} />
      </span>
      <span className="name-cell-text">
        <Link to="/devices/$id" params={{ id: device.id }} className="clip" title={nameOf(device) ?? undefined}>
          <Wire>{nameOf(device) ?? t("device.unnamed")}</Wire>
        </Link>
        <span className="quiet clip">
          {word("type", device.device_type)}
          {device.external && <> · {t("devices.external")}</>}
        </span>
      </span>
      {device.quarantined && (
        <span className="flag" title={t("devices.quarantined")}>
          <Icon name="lock" size={13} /> <span className="flag-word">{t("devices.quarantined")}</span>
        </span>
      )}
    </span>
  );
}

export function Cell({ device, column }: { device: DeviceRow; column: Column }): ReactNode {
  const { t } = useTranslation();
  const word = useWords();
  switch (column) {
    case "name":
      return <NameCell device={device} />;
    case "device_type":
      return device.device_type ? word("type", device.device_type) : <Value>{null}</Value>;
    case "product":
      return device.model ? (
        <span className="two">
          <span className="clip">
            <Wire>{device.model}</Wire>
          </span>
          <span className="quiet clip">
            <Value>{device.manufacturer}</Value>
          </span>
        </span>
      ) : (
        <span className="clip">
          <Value>{device.manufacturer}</Value>
        </span>
      );
    case "clinical_class":
      return <ClassLabel of={device.clinical_class} plain noIcon />;
    case "ips":
      return (
        <>
          <Value mono>{device.ips[0]}</Value>
          {device.ips.length > 1 && <span className="quiet"> +{device.ips.length - 1}</span>}
        </>
      );
    case "macs":
      return <Value mono>{device.macs[0]}</Value>;
    case "serial":
      return <Value mono>{device.serial}</Value>;
    case "os":
      return <Value>{device.os}</Value>;
    case "location":
      return (
        <span className="two-lines">
          <Value>{device.location}</Value>
        </span>
      );
    case "lifecycle":
      return <LifecycleLabel of={device.lifecycle} />;
    case "labels":
      return device.labels.length > 0 ? (
        <span className="label-line">
          {device.labels.map((each) => (
            <LabelLink key={each} label={each} />
          ))}
        </span>
      ) : (
        <span className="quiet">{t("state.none")}</span>
      );
    case "weaknesses":
      return <WeaknessCount weaknesses={device.weaknesses} />;
    case "first_seen":
      return <When at={device.first_seen} />;
    case "last_seen":
      return <When at={device.last_seen} />;
  }
}
