import { Button } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Sensor } from "../../api/client";
import { sensorsQuery } from "../../api/queries";
import { useMay } from "../../app/may";
import { bytes, lostShare, number } from "../../design/format";
import { Icon } from "../../design/icon";
import { Empty, Section, SeverityShape, When } from "../../design/parts";
import { Wire } from "../../design/wire";
import { AddSensor } from "./add-sensor";
import { OpenTokens } from "./open-tokens";
import { Loaded } from "./parts";
import { RevokeDialog } from "./revoke-sensor";
import { SensorState } from "./sensor-state";

export function SensorsPage() {
  const { t } = useTranslation();
  const sensors = useQuery(sensorsQuery);
  const may = useMay();
  const [adding, setAdding] = useState(false);
  const [revoked, setRevoked] = useState<Sensor | null>(null);
  return (
    <div className="stack-wide">
      <Section
        id="sensors"
        title={t("admin.sensors")}
        hint={t("admin.listen")}
        className="card-flush"
        action={
          may("sensors") && (
            <Button size="sm" icon={<Icon name="plus" size={15} />} onClick={() => setAdding(true)}>
              {t("enrol.add")}
            </Button>
          )
        }
      >
        <Loaded of={sensors}>
          {() =>
            sensors.data?.items.length ? (
              <ul className="plates">
                {sensors.data.items.map((each) => (
                  <Plate key={each.id} sensor={each} revoke={may("sensors") ? () => setRevoked(each) : undefined} />
                ))}
              </ul>
            ) : (
              <Empty icon="sensor" title={t("admin.none")}>
                <p>{t("admin.noneText")}</p>
              </Empty>
            )
          }
        </Loaded>
      </Section>
      {may("sensors") && <OpenTokens />}
      {adding && <AddSensor close={() => setAdding(false)} />}
      {revoked && <RevokeDialog sensor={revoked} close={() => setRevoked(null)} />}
    </div>
  );
}

function Plate({ sensor, revoke }: { sensor: Sensor; revoke: (() => void) | undefined }) {
  const { t } = useTranslation();
  const { enrolment } = sensor;
  return (
    <li>
      <div className="plate-head">
        <SensorState sensor={sensor} />
        <h3 className="wrap">
          <Wire>{sensor.name}</Wire>
        </h3>
        <span className="quiet mono">{sensor.id}</span>
        {enrolment && !enrolment.revoked && revoke && (
          <Button size="sm" variant="secondary" isDanger onClick={revoke} className="plate-act">
            {t("enrol.revoke")}
            <span className="sr">: {sensor.name}</span>
          </Button>
        )}
      </div>
      <Health sensor={sensor} />
      {enrolment?.revoked && (
        <p className="plate-note">
          <SeverityShape severity="medium" /> {t("enrol.revokedBy", { name: enrolment.revoked.by })}{" "}
          <When at={enrolment.revoked.at} />: <Wire>{enrolment.revoked.why}</Wire>
        </p>
      )}
      <Blind spots={sensor.blind_spots} />
    </li>
  );
}

function Health({ sensor }: { sensor: Sensor }) {
  const { t, i18n } = useTranslation();
  const { backlog, enrolment } = sensor;
  const n = (value: number) => number(value, i18n.language);
  const gone = sensor.lost_batches + (backlog?.given_up_batches ?? 0);
  return (
    <dl className="plate-facts">
      <div>
        <dt>{t("admin.seen")}</dt>
        <dd>{sensor.last_heard ? <When at={sensor.last_heard} /> : t("enrol.never")}</dd>
      </div>
      <div>
        <dt>{t("admin.frames")}</dt>
        <dd>{n(sensor.frames)}</dd>
      </div>
      <div>
        <dt>{t("admin.dropped")}</dt>
        <dd>
          {n(sensor.dropped)} <span className="quiet">({lostShare(sensor.dropped_share, i18n.language)})</span>
        </dd>
      </div>
      <div>
        <dt>{t("enrol.backlog")}</dt>
        <dd>
          {backlog ? (
            backlog.batches === 0 ? (
              t("enrol.backlogNone")
            ) : (
              t("enrol.backlogOf", { count: backlog.batches, bytes: bytes(backlog.bytes, i18n.language) })
            )
          ) : (
            <span className="quiet">{t("enrol.sameProcess")}</span>
          )}
        </dd>
      </div>
      {gone > 0 && (
        <div>
          <dt>{t("enrol.gone")}</dt>
          <dd>
            <SeverityShape severity="high" /> {t("enrol.goneOf", { count: gone })}
          </dd>
        </div>
      )}
      {enrolment && (
        <div>
          <dt>{t("enrol.enrolled")}</dt>
          <dd>
            <When at={enrolment.enrolled_at} />{" "}
            <span className="quiet">{t("device.by", { name: enrolment.enrolled_by })}</span>
          </dd>
        </div>
      )}
    </dl>
  );
}

function Blind({ spots }: { spots: string[] }) {
  const { t } = useTranslation();
  return (
    <div className="plate-blind">
      <span className="quiet">{t("admin.blind")}</span>
      {spots.length === 0 ? (
        <span>{t("admin.noBlind")}</span>
      ) : (
        <ul className="blind">
          {spots.map((spot) => (
            <li key={spot}>
              <SeverityShape severity="medium" /> <Wire>{spot}</Wire>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
