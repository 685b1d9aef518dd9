import { Button } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import type { Device } from "../../api/client";
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
        </>
      }
    >
      <ScrollBox className="raw" label="JSON">
        <pre>{text}</pre>
      </ScrollBox>
    </Section>
  );
}
