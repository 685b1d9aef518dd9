import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Sensor } from "../../api/client";
import { aboutQuery, sensorsQuery } from "../../api/queries";
import { lostShare, number } from "../../design/format";
import { Icon } from "../../design/icon";
import { Empty, Problem, ScrollBox, Section, SeverityShape, Skeleton, Value, When } from "../../design/parts";
import { Wire } from "../../design/wire";
import { Command } from "../today/first-run";
import { SensorState } from "./sensor-state";

export function AdminPage() {
  const { t } = useTranslation();
  const sensors = useQuery(sensorsQuery);
  return (
    <>
      <header className="head">
        <h1>{t("admin.title")}</h1>
      </header>
      <div className="admin">
        <Section id="sensors" title={t("admin.sensors")} hint={t("admin.listen")} className="card-flush">
          {sensors.isPending ? (
            <Skeleton />
          ) : sensors.isError ? (
            <Problem error={sensors.error} retry={() => sensors.refetch()} />
          ) : (
            <Sensors sensors={sensors.data.items} />
          )}
        </Section>
        <div className="admin-two">
          <Section id="add" title={t("admin.add")}>
            <p className="quiet">{t("admin.addText")}</p>
            <Command text="bedrail hub --sensor eth1" />
          </Section>
          <About />
        </div>
      </div>
    </>
  );
}

function Sensors({ sensors }: { sensors: Sensor[] }) {
  const { t, i18n } = useTranslation();
  if (sensors.length === 0) return <Empty icon="sensor" title={t("admin.none")} />;
  return (
    <ScrollBox className="scroll-x" label={t("admin.sensors")}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t("admin.state")}</th>
            <th scope="col">{t("admin.name")}</th>
            <th scope="col">{t("admin.seen")}</th>
            <th scope="col" className="num">
              {t("admin.frames")}
            </th>
            <th scope="col" className="num">
              {t("admin.dropped")}
            </th>
            <th scope="col">{t("admin.blind")}</th>
          </tr>
        </thead>
        <tbody>
          {sensors.map((each) => (
            <tr key={each.id}>
              <td>
                <SensorState sensor={each} />
              </td>
              <th scope="row">
                <div className="wrap">
                  <Wire>{each.name}</Wire>
                </div>
                <div className="quiet mono">{each.id}</div>
              </th>
              <td>
                <When at={each.last_seen} />
              </td>
              <td className="num">{number(each.frames, i18n.language)}</td>
              <td className="num">
                {number(each.dropped, i18n.language)}{" "}
                <span className="quiet">({lostShare(each.dropped_share, i18n.language)})</span>
              </td>
              <td>
                {each.blind_spots.length === 0 ? (
                  <span className="quiet">{t("admin.noBlind")}</span>
                ) : (
                  <ul className="blind">
                    {each.blind_spots.map((spot) => (
                      <li key={spot}>
                        <SeverityShape severity="medium" /> <Wire>{spot}</Wire>
                      </li>
                    ))}
                  </ul>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}

function About() {
  const { t } = useTranslation();
  const about = useQuery(aboutQuery);
  return (
    <Section id="about" title={t("admin.about")}>
      {about.isPending ? (
        <Skeleton lines={3} />
      ) : about.isError ? (
        <Problem error={about.error} retry={() => about.refetch()} />
      ) : (
        <dl className="facts">
          <div>
            <dt>{t("admin.version")}</dt>
            <dd>
              <Value mono>{about.data.version}</Value>
            </dd>
          </div>
          <div>
            <dt>{t("admin.store")}</dt>
            <dd>
              <Value>{about.data.store}</Value>
            </dd>
          </div>
          <div>
            <dt>{t("admin.licence")}</dt>
            <dd>
              <Value>{about.data.licence}</Value>
            </dd>
          </div>
          <div>
            <dt>{t("admin.api")}</dt>
            <dd>
              <a href="/api/v1/openapi.json">
                <Icon name="download" size={14} /> openapi.json
              </a>
            </dd>
          </div>
        </dl>
      )}
    </Section>
  );
}
