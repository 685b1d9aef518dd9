// What people and other systems state, beside what was observed. Where they are at odds, each says its own.
import { Button } from "@patternfly/react-core";
import type { TFunction } from "i18next";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Device, Schemas } from "../../api/client";
import { Section, SeverityShape, Value, When } from "../../design/parts";
import { Wire } from "../../design/wire";
import { useWords } from "../../design/words";
import { showValue } from "./attributes";
import { StateDialog } from "./state-dialog";

type Asserted = Schemas["Asserted"];

export function Statements({ device }: { device: Device }) {
  const { t } = useTranslation();
  const [stating, setStating] = useState<{ attribute: string; takeBack: boolean } | null>(null);
  const attributes = [...new Set(device.asserted.map((each) => each.attribute))];
  // What is at odds comes first.
  const differs = (attribute: string) => device.differences.some((each) => each.attribute === attribute);
  const ordered = [...attributes.filter(differs), ...attributes.filter((each) => !differs(each))];
  return (
    <Section
      id="statements"
      title={t("device.statements")}
      className="card-flush"
      action={
        <Button
          variant="link"
          size="sm"
          isInline
          onClick={() => setStating({ attribute: "location", takeBack: false })}
        >
          {t("device.state")}
        </Button>
      }
    >
      {ordered.length === 0 ? (
        <p className="card-note quiet">{t("device.statementsNone")}</p>
      ) : (
        <ul className="states">
          {ordered.map((each) => (
            <Attribute
              key={each}
              device={device}
              attribute={each}
              takeBack={() => setStating({ attribute: each, takeBack: true })}
            />
          ))}
        </ul>
      )}
      {stating && <StateDialog device={device} {...stating} close={() => setStating(null)} />}
    </Section>
  );
}

interface AttributeProps {
  device: Device;
  attribute: string;
  takeBack: () => void;
}

function Attribute({ device, attribute, takeBack }: AttributeProps) {
  const { t } = useTranslation();
  const word = useWords();
  const said = device.asserted.filter((each) => each.attribute === attribute);
  const difference = device.differences.find((each) => each.attribute === attribute);
  const seen = device.attributes[attribute]?.[0];
  const observed = difference ? difference.observed : seen?.evidence.length ? seen.value : null;
  const where = difference?.says.find((each) => !isStatement(each.source))?.source;
  return (
    <li className={difference ? "differs" : undefined}>
      <div className="states-head">
        <strong>{word("attribute", attribute)}</strong>
        {difference ? (
          <span className="sev sev-medium">
            <SeverityShape severity="medium" />
            {t("device.differs")}
          </span>
        ) : observed === null ? (
          <span className="quiet">{t("device.notObserved")}</span>
        ) : (
          <span className="sev sev-ok">
            <SeverityShape severity="ok" />
            {t("device.agrees")}
          </span>
        )}
        {said.some((each) => each.source === "person") && (
          <Button variant="link" size="sm" isInline onClick={takeBack}>
            {t("device.takeBack")}
          </Button>
        )}
      </div>
      <dl className="says">
        {observed !== null && (
          <div>
            <dt>{t("statements.wire")}</dt>
            <dd className="wrap">
              <Value>{showValue(word, attribute, observed)}</Value>
              {where && (
                <small className="quiet">
                  <Wire>{where}</Wire>
                </small>
              )}
            </dd>
          </div>
        )}
        {said.map((each) => (
          <Said key={each.source} said={each} counts={said.length > 1 && difference?.asserted === each.value} />
        ))}
      </dl>
    </li>
  );
}

function Said({ said, counts }: { said: Asserted; counts: boolean }) {
  const { t } = useTranslation();
  const word = useWords();
  return (
    <div>
      <dt>
        <Wire>{sourceText(said.source, t)}</Wire>
      </dt>
      <dd className="wrap">
        <Value>{showValue(word, said.attribute, said.value)}</Value>
        {counts && <small className="quiet"> · {t("statements.counts")}</small>}
        <small className="quiet">
          <Wire>{t("device.by", { name: said.by })}</Wire> · <When at={said.at} /> · <Wire>{said.why}</Wire>
        </small>
      </dd>
    </div>
  );
}

const isStatement = (source: string) => source === "person" || source.startsWith("import ");

/** `import cmms` -> `cmms (import)`. */
export function sourceText(source: string, t: TFunction): string {
  if (source === "person") return t("statements.person");
  const name = /^import (.*)$/.exec(source)?.[1];
  return name ? t("statements.import", { name }) : source;
}
