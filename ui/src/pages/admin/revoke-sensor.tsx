import { Alert } from "@patternfly/react-core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { revokeSensor } from "../../api/admin";
import type { Sensor } from "../../api/client";
import { visible } from "../../design/visible";
import { ActDialog, WhyField } from "./dialog";

/** Shuts a sensor out, after saying what is no longer seen. */
export function RevokeDialog({ sensor, close }: { sensor: Sensor; close: () => void }) {
  const { t } = useTranslation();
  const [why, setWhy] = useState("");
  return (
    <ActDialog
      id="revoke"
      title={t("enrol.revokeTitle", { name: visible(sensor.name) })}
      label={t("enrol.revoke")}
      danger
      ready={why.trim() !== ""}
      act={(key) => revokeSensor(sensor.id, why.trim(), key)}
      close={close}
    >
      <Alert isInline variant="warning" title={t("enrol.revokeWarning")} component="p">
        {t("enrol.revokeText")}
      </Alert>
      <WhyField id="revoke-why" value={why} set={setWhy} first />
    </ActDialog>
  );
}
