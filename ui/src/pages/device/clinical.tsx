// What the device means for a patient: each value with where it comes from. What nobody knows is said to be unknown.
import { Button } from "@patternfly/react-core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Device } from "../../api/client";
import { Section, Unknown, Value, When } from "../../design/parts";
import { Wire } from "../../design/wire";
import { useWords } from "../../design/words";
import { CLINICAL, showValue } from "./attributes";
import { PatientDialog } from "./patient-dialog";
import { StateDialog } from "./state-dialog";
import { sourceText } from "./statements";

export function ClinicalCard({ device }: { device: Device }) {
  const { t } = useTranslation();
  const [stating, setStating] = useState<string | null>(null);
  const [reporting, setReporting] = useState(false);
  const { clinical } = device;
  const values: Record<string, string | null> = {
    clinical_class: clinical.class,
    network_loss_effect: clinical.network_loss_effect,
    reaction_time: clinical.reaction_time,
    clinical_owner: clinical.owner,
    biomed_owner: clinical.biomed_owner,
    maintenance_window: clinical.maintenance_window,
  };
  const permissions = clinical.manufacturer_permissions;
  return (
    <Section id="clinical" title={t("clinical.title")} hint={t("clinical.hint")} className="card-flush">
      <table className="table table-plain clinical">
        <thead>
          <tr>
            <th scope="col">{t("device.attribute")}</th>
            <th scope="col">{t("device.value")}</th>
            <th scope="col">{t("clinical.from")}</th>
            <th scope="col">
              <span className="sr">{t("device.acts")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {CLINICAL.map((each) => (
            <Row
              key={each}
              device={device}
              attribute={each}
              value={values[each] ?? null}
              state={() => setStating(each)}
            />
          ))}
          <PatientRow device={device} report={() => setReporting(true)} />
          {permissions.map((each) => (
            <Row
              key={each.permission}
              device={device}
              attribute={`permission_${each.permission}`}
              value={each.document}
              state={() => setStating(`permission_${each.permission}`)}
            />
          ))}
          {permissions.length === 0 && (
            <tr>
              <th scope="row">{t("clinical.permissions")}</th>
              <td colSpan={2}>
                <Unknown /> <span className="quiet">· {t("clinical.permissionsNone")}</span>
              </td>
              <td>
                <StateButton attribute="permission_passive_only" state={() => setStating("permission_passive_only")} />
              </td>
            </tr>
          )}
        </tbody>
      </table>
      {stating && <StateDialog device={device} attribute={stating} takeBack={false} close={() => setStating(null)} />}
      {reporting && <PatientDialog device={device} close={() => setReporting(false)} />}
    </Section>
  );
}

interface RowProps {
  device: Device;
  attribute: string;
  value: string | null;
  state: () => void;
}

function Row({ device, attribute, value, state }: RowProps) {
  const { t } = useTranslation();
  const word = useWords();
  const known = value !== null && value !== "unknown";
  return (
    <tr>
      <th scope="row">{word("attribute", attribute)}</th>
      <td className="wrap">{known ? <Wire>{showValue(word, attribute, value)}</Wire> : <Unknown />}</td>
      <td className="quiet">
        {known ? (
          <Origin device={device} attribute={attribute} />
        ) : (
          t(attribute === "clinical_class" ? "classHint.unknown" : "clinical.nobody")
        )}
      </td>
      <td>
        <StateButton attribute={attribute} state={state} />
      </td>
    </tr>
  );
}

function Origin({ device, attribute }: { device: Device; attribute: string }) {
  const { t } = useTranslation();
  const origin = device.clinical.origins[attribute];
  if (!origin) return <Unknown />;
  switch (origin.kind) {
    case "stated":
      return (
        <>
          {t("clinical.device")} · <Wire>{sourceText(origin.source ?? "person", t)}</Wire>
        </>
      );
    case "model_default":
      return <>{t("clinical.model")}</>;
    case "derived":
      return <>{t("clinical.wire")}</>;
  }
}

/** Not a statement: a report that counts for ten minutes. */
function PatientRow({ device, report }: { device: Device; report: () => void }) {
  const { t } = useTranslation();
  const word = useWords();
  const { patient_state: state, patient_report: last } = device.clinical;
  return (
    <tr>
      <th scope="row">{word("attribute", "patient_state")}</th>
      <td>{state === "unknown" ? <Unknown /> : <Value>{word("patient", state)}</Value>}</td>
      <td className="quiet">
        {last ? (
          <>
            {state === "unknown" && `${t("clinical.stale", { state: word("patient", last.state) })} `}
            <Wire>{t("clinical.reported", { name: last.by, source: word("source", last.source) })}</Wire> ·{" "}
            <When at={last.at} />
          </>
        ) : (
          t("clinical.noReport")
        )}
      </td>
      <td>
        <Button variant="link" size="sm" isInline onClick={report}>
          {t("clinical.report")}
        </Button>
      </td>
    </tr>
  );
}

function StateButton({ attribute, state }: { attribute: string; state: () => void }) {
  const { t } = useTranslation();
  const word = useWords();
  return (
    <button
      type="button"
      className="linklike"
      aria-label={`${t("device.state")}: ${word("attribute", attribute)}`}
      onClick={state}
    >
      {t("device.state")}
    </button>
  );
}
