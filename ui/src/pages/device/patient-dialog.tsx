// Somebody at the bedside says whether a patient depends on the device now.
import { Radio } from "@patternfly/react-core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type PatientState, reportPatient } from "../../api/acts";
import type { Device } from "../../api/client";
import { ActDialog } from "../../design/act";
import { useWords } from "../../design/words";

const STATES: PatientState[] = ["connected", "idle", "unknown"];

export function PatientDialog({ device, close }: { device: Device; close: () => void }) {
  const { t } = useTranslation();
  const word = useWords();
  const [state, setState] = useState<PatientState | null>(null);
  return (
    <ActDialog
      id="patient"
      title={t("clinical.reportTitle")}
      text={t("clinical.reportText")}
      submit={t("clinical.report")}
      hint={t("clinical.reportHint")}
      ready={state !== null}
      close={close}
      run={async (why, key) => {
        if (state) await reportPatient(device.id, state, why, key);
      }}
    >
      <fieldset className="choices">
        <legend>{t("device.patient")}</legend>
        {STATES.map((each) => (
          <Radio
            key={each}
            id={`patient-${each}`}
            name="patient-state"
            label={word("patient", each)}
            isChecked={state === each}
            onChange={() => setState(each)}
          />
        ))}
      </fieldset>
    </ActDialog>
  );
}
