// The mark of quarantine. Nobody may believe that a device was cut off when it was not.
import { Alert } from "@patternfly/react-core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { putQuarantine } from "../../api/acts";
import type { Device } from "../../api/client";
import { deviceChangesQuery } from "../../api/queries";
import { ActDialog } from "../../design/act";
import { Icon } from "../../design/icon";
import { When } from "../../design/parts";
import { Wire } from "../../design/wire";

export function QuarantineDialog({ device, close }: { device: Device; close: () => void }) {
  const { t } = useTranslation();
  const on = !device.quarantined;
  return (
    <ActDialog
      id="quarantine"
      title={t(on ? "quarantine.mark" : "quarantine.take")}
      submit={t(on ? "quarantine.mark" : "quarantine.take")}
      close={close}
      run={async (why) => {
        await putQuarantine(device.id, device.version, on, why);
      }}
    >
      <Alert isInline variant="info" title={t("quarantine.nothing")} component="p">
        {t(on ? "quarantine.nothingText" : "quarantine.takeText")}
      </Alert>
    </ActDialog>
  );
}

/** Who marked it, why, and that the network does nothing about it. */
export function QuarantineNote({ id }: { id: string }) {
  const { t } = useTranslation();
  const changes = useInfiniteQuery(deviceChangesQuery(id));
  const mark = changes.data?.pages
    .flatMap((page) => page.items)
    .find((each) => each.kind === "quarantine" && each.after === "true");
  return (
    <section className="note note-critical" aria-label={t("devices.quarantined")}>
      <Icon name="lock" size={16} />
      <p>
        <strong>{t("devices.quarantined")}.</strong> {t("quarantine.nothing")}{" "}
        <span className="quiet">
          {mark ? (
            <>
              <Wire>{t("device.by", { name: mark.actor.name ?? t("state.unknown") })}</Wire> · <When at={mark.at} /> ·{" "}
              <Wire>{mark.why}</Wire>
            </>
          ) : (
            changes.data && t("quarantine.noRecord")
          )}
        </span>
      </p>
    </section>
  );
}
