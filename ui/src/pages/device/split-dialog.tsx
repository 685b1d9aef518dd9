// One address of a device is a device of its own.
import { Alert, Radio } from "@patternfly/react-core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Adjustment, splitDevice } from "../../api/acts";
import type { Device } from "../../api/client";
import { ActDialog } from "../../design/act";
import { Wire } from "../../design/wire";
import { DeviceLink } from "./adjustments";

export function SplitDialog({ device, close }: { device: Device; close: () => void }) {
  const { t } = useTranslation();
  const [ip, setIp] = useState<string | null>(null);
  const [made, setMade] = useState<Adjustment | null>(null);
  return (
    <ActDialog
      id="split"
      title={t("split.title")}
      text={t("split.text")}
      submit={t("split.do")}
      hint={`${t("merge.undoHint")} ${t("bulk.network")}`}
      ready={ip !== null}
      close={close}
      run={async (why, key) => {
        setMade(await splitDevice(device.id, `ip:${ip}`, why, key));
        return true;
      }}
      result={
        made && (
          <div role="status">
            <Alert isInline variant="success" title={t("split.done", { address: ip ?? "" })} component="p">
              <DeviceLink id={made.part} /> {t("split.doneText")}
            </Alert>
          </div>
        )
      }
    >
      {device.ips.length === 0 ? (
        <Alert isInline variant="warning" title={t("split.none")} component="p" />
      ) : (
        <fieldset className="choices">
          <legend>{t("split.which")}</legend>
          {device.ips.map((each) => (
            <Radio
              key={each}
              id={`split-${each}`}
              name="split-address"
              label={<Wire className="mono">{each}</Wire>}
              isChecked={ip === each}
              onChange={() => setIp(each)}
            />
          ))}
        </fieldset>
      )}
      <p className="quiet">{t("split.stays", { macs: device.macs.join(", ") || t("state.none") })}</p>
    </ActDialog>
  );
}
