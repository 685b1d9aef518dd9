import { Button } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import type { Sensor } from "../../api/client";
import { useMay } from "../../app/may";
import { Icon } from "../../design/icon";
import { Copy } from "../../design/parts";

/** From an empty inventory to the first device. */
export function FirstRun({ sensors, add }: { sensors: Sensor[]; add: () => void }) {
  const { t } = useTranslation();
  const may = useMay();
  const heard = sensors.some((each) => each.state === "connected" || each.state === "replay");
  return (
    <section className="card first" aria-labelledby="first-title">
      <h2 id="first-title">{t("first.title")}</h2>
      <p>{t("first.text")}</p>
      <ol>
        <li>
          <h3>{t("first.step1")}</h3>
          <p>{t("first.step1Text")}</p>
        </li>
        <li>
          <h3>{t("first.step2")}</h3>
          <p>{t("first.step2Text")}</p>
          <Command text="bedrail hub --sensor eth1" />
          {may("sensors") && (
            <>
              <p>{t("first.step2Other")}</p>
              <div>
                <Button variant="secondary" icon={<Icon name="plus" size={15} />} onClick={add}>
                  {t("enrol.add")}
                </Button>
              </div>
            </>
          )}
        </li>
        <li>
          <h3>{t("first.step3")}</h3>
          <p>{t("first.step3Text")}</p>
          <Command text="bedrail hub --replay capture.pcapng" />
        </li>
      </ol>
      <p className={heard ? "first-wait first-heard" : "first-wait"} role="status">
        <Icon name="sensor" />
        {t(heard ? "first.heard" : "first.waiting")}
      </p>
    </section>
  );
}

export function Command({ text }: { text: string }) {
  return (
    <div className="command">
      <code>{text}</code>
      <Copy text={text} label={text} />
    </div>
  );
}
