// Networks as observed, and what passes between them: a picture, a matrix, and the same as a table.

import { ToggleGroup, ToggleGroupItem } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { mapQuery } from "../../api/queries";
import { PHONE, useMedia } from "../../app/media";
import { MAP_VIEWS } from "../../app/router";
import { bytes, number, percent } from "../../design/format";
import { Empty, Problem, ScrollBox, Section, SeverityShape, Skeleton } from "../../design/parts";
import { Wire } from "../../design/wire";
import type { Conduit, Zone } from "./layout";
import { Matrix } from "./matrix";
import { Picture, ZoneBox } from "./picture";

export function MapPage() {
  const { t } = useTranslation();
  const navigate = useNavigate({ from: "/map" });
  const { view = "picture", zone } = useSearch({ from: "/map" });
  const map = useQuery(mapQuery);
  const phone = useMedia(PHONE);
  const choose = (next: string | undefined) =>
    navigate({
      search: (before) => ({ ...before, zone: next === zone ? undefined : next }),
      replace: true,
      resetScroll: false,
    });
  return (
    <>
      <header className="head">
        <h1>{t("map.title")}</h1>
        <p className="quiet">{t("map.intro")}</p>
        <ToggleGroup aria-label={t("map.view")} className="head-end" isCompact>
          {MAP_VIEWS.map((each) => (
            <ToggleGroupItem
              key={each}
              text={t(`map.${each}`)}
              buttonId={`view-${each}`}
              isSelected={view === each}
              onChange={() =>
                navigate({
                  search: (before) => ({ ...before, view: each === "picture" ? undefined : each }),
                  replace: true,
                })
              }
            />
          ))}
        </ToggleGroup>
      </header>
      {map.isPending ? (
        <Skeleton lines={12} />
      ) : map.isError ? (
        <Problem error={map.error} retry={() => map.refetch()} />
      ) : map.data.zones.length === 0 ? (
        <Empty icon="map" title={t("map.none")}>
          <p>{t("map.noneText")}</p>
        </Empty>
      ) : (
        <div className="stack-wide">
          {view === "matrix" ? (
            <Matrix zones={map.data.zones} conduits={map.data.conduits} />
          ) : phone ? (
            <ul className="zone-list">
              {map.data.zones.map((each) => (
                <li key={each.id}>
                  <ZoneBox zone={each} conduits={map.data.conduits} chosen={zone === each.id} choose={choose} />
                </li>
              ))}
            </ul>
          ) : (
            <Picture zones={map.data.zones} conduits={map.data.conduits} chosen={zone} choose={choose} />
          )}
          <Conduits zones={map.data.zones} conduits={map.data.conduits} chosen={zone} choose={choose} />
        </div>
      )}
    </>
  );
}

function Conduits({
  zones,
  conduits,
  chosen,
  choose,
}: {
  zones: Zone[];
  conduits: Conduit[];
  chosen: string | undefined;
  choose: (zone: string | undefined) => void;
}) {
  const { t, i18n } = useTranslation();
  const zone = zones.find((each) => each.id === chosen);
  const name = (id: string) => zones.find((each) => each.id === id)?.name ?? id;
  const shown = conduits
    .filter((each) => !zone || each.from === zone.id || each.to === zone.id)
    .sort((a, b) => b.cleartext_clinical - a.cleartext_clinical || b.bytes - a.bytes);
  return (
    <Section
      id="conduits"
      title={zone ? t("map.of", { zone: zone.name }) : t("map.all")}
      hint={zone ? undefined : t("map.choose")}
      className="card-flush"
      action={
        zone && (
          <button type="button" className="linklike" onClick={() => choose(undefined)}>
            {t("map.clearChoice")}
          </button>
        )
      }
    >
      <ScrollBox className="scroll-x" label={t("map.conduits")}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t("map.from")}</th>
              <th scope="col">{t("map.to")}</th>
              <th scope="col">{t("map.clear")}</th>
              <th scope="col">{t("map.encrypted")}</th>
              <th scope="col" className="num">
                {t("map.volume")}
              </th>
              <th scope="col" className="num">
                {t("talk.flows")}
              </th>
              <th scope="col">{t("map.protocols")}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((each) => (
              <tr key={`${each.from} ${each.to}`}>
                <th scope="row">
                  <Wire>{name(each.from)}</Wire>
                </th>
                <td>
                  {each.from === each.to ? (
                    <span className="quiet">{t("map.inside")}</span>
                  ) : (
                    <Wire>{name(each.to)}</Wire>
                  )}
                </td>
                <td>
                  {each.cleartext_clinical > 0 ? (
                    <span className="sev sev-high">
                      <SeverityShape severity="high" />
                      {number(each.cleartext_clinical, i18n.language)}
                    </span>
                  ) : (
                    <span className="quiet">{t("state.none")}</span>
                  )}
                </td>
                <td>
                  <span className="conf">
                    <span className="conf-bar" aria-hidden="true">
                      <i style={{ width: `${each.encrypted_share * 100}%` }} />
                    </span>
                    {percent(each.encrypted_share, i18n.language)}
                  </span>
                </td>
                <td className="num">{bytes(each.bytes, i18n.language)}</td>
                <td className="num">{number(each.flows, i18n.language)}</td>
                <td className="mono protocols">{each.protocols.join(", ")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
    </Section>
  );
}
