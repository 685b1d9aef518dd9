// Tokens that no sensor used yet: who made them, how long they are good, and taking one back.
import { Button } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { cancelEnrolment, enrolmentsQuery } from "../../api/admin";
import type { Schemas } from "../../api/client";
import { toMinute } from "../../design/format";
import { Section } from "../../design/parts";
import { visible } from "../../design/visible";
import { Wire } from "../../design/wire";
import { ActDialog } from "./dialog";

type Open = Schemas["OpenEnrolment"];

/** Nothing where there is none: most of the time nobody waits. */
export function OpenTokens() {
  const { t, i18n } = useTranslation();
  const tokens = useQuery(enrolmentsQuery);
  const [back, takeBack] = useState<Open | null>(null);
  if (!tokens.data?.items.length) return null;
  return (
    <Section id="tokens" title={t("enrol.open")} hint={t("enrol.openHint")} className="card-flush">
      <ul className="plates">
        {tokens.data.items.map((each) => (
          <li key={each.sensor}>
            <div className="plate-head">
              <h3 className="wrap">
                <Wire>{each.name}</Wire>
              </h3>
              <span className="quiet mono">{each.sensor}</span>
              <Button size="sm" variant="secondary" onClick={() => takeBack(each)} className="plate-act">
                {t("enrol.takeBack")}
                <span className="sr">: {each.name}</span>
              </Button>
            </div>
            <p className="quiet">
              {t("enrol.openUntil", {
                name: visible(each.made_by),
                time: toMinute(Date.parse(each.expires_at), i18n.language),
              })}
            </p>
          </li>
        ))}
      </ul>
      {back && (
        <ActDialog
          id="token-back"
          title={t("enrol.takeBackTitle", { name: visible(back.name) })}
          text={t("enrol.takeBackText")}
          label={t("enrol.takeBack")}
          danger
          bare
          ready
          act={() => cancelEnrolment(back.sensor)}
          close={() => takeBack(null)}
        >
          <p className="mono">{back.sensor}</p>
        </ActDialog>
      )}
    </Section>
  );
}
