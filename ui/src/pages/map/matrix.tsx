// The same as the picture, as a table: rows call, columns are called.

import { useTranslation } from "react-i18next";
import { percent } from "../../design/format";
import { ScrollBox, Section, SeverityShape, Unknown } from "../../design/parts";
import { Wire } from "../../design/wire";
import type { Conduit, Zone } from "./layout";

export function Matrix({ zones, conduits }: { zones: Zone[]; conduits: Conduit[] }) {
  const { t } = useTranslation();
  // Rows and columns that say nothing only push the others out of sight.
  const callers = zones.filter((zone) => conduits.some((each) => each.from === zone.id));
  const called = zones.filter((zone) => conduits.some((each) => each.to === zone.id));
  return (
    <Section id="matrix" title={t("map.matrix")} hint={t("map.matrixHint")} className="card-flush">
      <ScrollBox className="scroll-x" label={t("map.matrix")}>
        <table className="matrix">
          <thead>
            <tr>
              <td className="quiet">
                {t("map.from")} ↓ · {t("map.to")} →
              </td>
              {called.map((each) => (
                <th key={each.id} scope="col">
                  <Wire>{each.name}</Wire>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {callers.map((from) => (
              <tr key={from.id}>
                <th scope="row">
                  <Wire>{from.name}</Wire>
                </th>
                {called.map((to) => (
                  <Cell key={to.id} conduit={conduits.find((each) => each.from === from.id && each.to === to.id)} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
    </Section>
  );
}

function Cell({ conduit }: { conduit: Conduit | undefined }) {
  const { t, i18n } = useTranslation();
  if (!conduit)
    return (
      <td className="cell-none">
        <span aria-hidden="true">·</span>
        <span className="sr">{t("state.none")}</span>
      </td>
    );
  const look = conduit.cleartext_clinical > 0 ? "clinical" : conduit.encrypted_share >= 0.5 ? "encrypted" : "clear";
  return (
    <td className={`cell cell-${look}`}>
      <span className="mono clip-w">{conduit.protocols.length > 0 ? conduit.protocols.join(", ") : <Unknown />}</span>
      <span className="cell-more">
        {conduit.cleartext_clinical > 0 && (
          <>
            <SeverityShape severity="high" size={10} />
            <b>{conduit.cleartext_clinical}</b>
            <span className="sr">{t("map.legendClear")}, </span>
          </>
        )}
        <span>{percent(conduit.encrypted_share, i18n.language)}</span>
        <span className="sr"> {t("map.encrypted")}</span>
      </span>
    </td>
  );
}
