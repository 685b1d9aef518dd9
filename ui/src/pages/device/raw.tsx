import { Button } from "@patternfly/react-core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { deviceFhir } from "../../api/acts";
import type { Device } from "../../api/client";
import { problemText } from "../../design/act";
import { Icon } from "../../design/icon";
import { Copy, ScrollBox, Section } from "../../design/parts";
import { save } from "../devices/download";

export function Raw({ device }: { device: Device }) {
  const { t } = useTranslation();
  const text = JSON.stringify(device, null, 2);
  return (
    <Section
      id="raw"
      title={t("device.tabs.raw")}
      hint={t("raw.intro")}
      className="card-flush"
      action={
        <>
          <Copy text={text} label="JSON" />
          <Button
            variant="link"
            isInline
            size="sm"
            icon={<Icon name="download" size={14} />}
            onClick={() => save(text, `${device.id}.json`, "application/json")}
          >
            {t("raw.download")}
          </Button>
          <FhirButton id={device.id} />
        </>
      }
    >
      <ScrollBox className="raw" label="JSON">
        <pre>{text}</pre>
      </ScrollBox>
    </Section>
  );
}

/** The device as FHIR R4 `Device`, for other systems. */
function FhirButton({ id }: { id: string }) {
  const { t } = useTranslation();
  const [problem, setProblem] = useState<string | null>(null);
  const run = () =>
    deviceFhir(id).then(
      (text) => {
        setProblem(null);
        save(text, `${id}.fhir.json`, "application/fhir+json");
      },
      (error) => setProblem(problemText(error, t)),
    );
  return (
    <>
      <Button variant="link" isInline size="sm" icon={<Icon name="download" size={14} />} onClick={run}>
        {t("raw.fhir")}
      </Button>
      {problem && (
        <span role="alert" className="sev-critical">
          {problem}
        </span>
      )}
    </>
  );
}
