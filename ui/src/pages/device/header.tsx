import { useTranslation } from "react-i18next";
import type { Device } from "../../api/client";
import { Icon } from "../../design/icon";
import { ClassLabel, Copy, LifecycleLabel, Unknown, Value, WeaknessCount, When } from "../../design/parts";
import { Wire } from "../../design/wire";
import { useWords } from "../../design/words";
import { LabelLink } from "../devices/label";
import { nameOf } from "../devices/text";
import { Acts } from "./acts";
import { DeviceLink } from "./adjustments";
import { QuarantineNote } from "./quarantine";

export function DeviceHeader({ device }: { device: Device }) {
  const { t } = useTranslation();
  const word = useWords();
  const product = [device.manufacturer, device.model].filter(Boolean).join(" ");
  return (
    <header className="card device-head">
      <div className="device-who">
        <span className={`tile tile-l tile-${device.clinical_class}`}>
          <Icon name={device.clinical_class} size={28} />
        </span>
        <div>
          <h1>
            <Wire>{nameOf(device) ?? t("device.unnamed")}</Wire>
          </h1>
          <p className="device-what">
            {device.device_type ? `${word("type", device.device_type)} · ` : product && `${t("state.unknown")} · `}
            <Value>{product}</Value>
          </p>
          <p className="chips">
            <ClassLabel of={device.clinical_class} />
            <LifecycleLabel of={device.lifecycle} />
            {device.quarantined && (
              <span className="flag">
                <Icon name="lock" size={13} /> {t("devices.quarantined")}
              </span>
            )}
            {device.external && (
              <span className="flag flag-quiet">
                <Icon name="external" size={13} /> {t("devices.external")}
              </span>
            )}
            <WeaknessCount weaknesses={device.weaknesses} full />
          </p>
          {device.labels.length > 0 && (
            <p className="chips">
              <span className="sr">{t("labels.labels")}: </span>
              {device.labels.map((each) => (
                <LabelLink key={each} label={each} />
              ))}
            </p>
          )}
        </div>
        <Acts device={device} />
      </div>
      {device.part_of && (
        <section className="note" aria-label={t("adjust.title")}>
          <Icon name="in" size={16} />
          <p>
            <strong>{t("adjust.partOf")}</strong> <DeviceLink id={device.part_of} />. {t("adjust.partOfText")}
          </p>
        </section>
      )}
      {device.quarantined && <QuarantineNote id={device.id} />}
      <dl className="device-facts">
        <Fact name={t("attribute.serial")} value={device.serial} mono copy />
        <Fact name={t("attribute.location")} value={device.location} />
        <Fact name={t("devices.column.ips")} value={device.ips.join(", ")} mono copy />
        <Fact name={t("devices.column.macs")} value={device.macs.join(", ")} mono copy />
        <Fact name={t("attribute.os")} value={device.os} />
        <div>
          <dt>{t("device.seen")}</dt>
          <dd>
            <When at={device.last_seen} />
          </dd>
        </div>
      </dl>
      <Cut device={device} />
    </header>
  );
}

function Fact({ name, value, mono, copy }: { name: string; value: string | null; mono?: boolean; copy?: boolean }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <span className="clip" title={value ?? undefined}>
          <Value mono={mono}>{value}</Value>
        </span>
        {copy && value && <Copy text={value} label={name} />}
      </dd>
    </div>
  );
}

/** What happens if the network is cut: beside every action, on every tab. */
function Cut({ device }: { device: Device }) {
  const { t } = useTranslation();
  const word = useWords();
  const { network_loss_effect: effect, reaction_time, patient_state, owner } = device.clinical;
  return (
    <section className={`cut cut-${effect}`} aria-labelledby="cut-title">
      <h2 id="cut-title">
        <Icon name="unplug" size={16} /> {t("device.cut")}
      </h2>
      <p className="cut-effect">
        <strong>{word("effect", effect)}</strong>
        <span>{t(`effectHint.${effect}`)}</span>
      </p>
      <dl>
        <div>
          <dt>{t("device.react")}</dt>
          <dd>{reaction_time === "unknown" ? <Unknown /> : word("reaction", reaction_time)}</dd>
        </div>
        <div>
          <dt>{t("device.patient")}</dt>
          <dd>{patient_state === "unknown" ? <Unknown /> : word("patient", patient_state)}</dd>
        </div>
        <div>
          <dt>{t("device.owner")}</dt>
          <dd>
            <Value>{owner}</Value>
          </dd>
        </div>
      </dl>
    </section>
  );
}
