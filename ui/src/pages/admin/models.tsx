import { Button } from "@patternfly/react-core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type DeviceModel, modelsQuery } from "../../api/admin";
import { useMay } from "../../app/may";
import { Icon } from "../../design/icon";
import { Empty, Section, Unknown, When } from "../../design/parts";
import { visible } from "../../design/visible";
import { Wire } from "../../design/wire";
import { useWords } from "../../design/words";
import { ModelDialog } from "./model-dialog";
import { CLINICAL, PERMISSIONS, useClinicalValue } from "./model-fields";
import { Loaded, More } from "./parts";

export function ModelsPage() {
  const { t } = useTranslation();
  const models = useInfiniteQuery(modelsQuery);
  const may = useMay();
  const [opened, open] = useState<string | null>(null);
  const all = models.data?.pages.flatMap((page) => page.items) ?? [];
  const chosen = all.find((each) => each.id === opened);
  return (
    <>
      <div className="admin-intro">
        <p className="quiet">{t("models.intro")}</p>
        {may("models") && (
          <Button size="sm" icon={<Icon name="plus" size={15} />} onClick={() => open("new")}>
            {t("models.add")}
          </Button>
        )}
      </div>
      <Section id="models" title={t("models.title")} className="card-flush">
        <Loaded of={models}>
          {() =>
            all.length === 0 ? (
              <Empty icon="therapeutic" title={t("models.none")}>
                <p>{t("models.noneText")}</p>
              </Empty>
            ) : (
              <ul className="plates">
                {all.map((each) => (
                  <Plate key={each.id} model={each} edit={may("models") ? () => open(each.id) : undefined} />
                ))}
              </ul>
            )
          }
        </Loaded>
      </Section>
      <More of={models} />
      {opened === "new" && <ModelDialog close={() => open(null)} />}
      {chosen && <ModelDialog model={chosen} close={() => open(null)} />}
    </>
  );
}

function Plate({ model, edit }: { model: DeviceModel; edit: (() => void) | undefined }) {
  const { t } = useTranslation();
  const word = useWords();
  const show = useClinicalValue();
  const stated = new Map(model.defaults.map((each) => [each.attribute, each]));
  const permitted = PERMISSIONS.filter((each) => stated.has(each));
  const latest = [...model.defaults].sort((a, b) => b.at.localeCompare(a.at))[0];
  return (
    <li>
      <div className="plate-head">
        <h3 className="wrap">
          <Wire>{model.manufacturer}</Wire> <Wire>{model.model}</Wire>
        </h3>
        {edit && (
          <Button size="sm" variant="secondary" className="plate-act" onClick={edit}>
            {t("models.edit")}
            <span className="sr">
              : {visible(model.manufacturer)} {visible(model.model)}
            </span>
          </Button>
        )}
      </div>
      <dl className="plate-facts">
        {CLINICAL.map((each) => (
          <div key={each}>
            <dt>{word("attribute", each)}</dt>
            <dd>{stated.has(each) ? <Wire>{show(each, stated.get(each)?.value ?? "")}</Wire> : <Unknown />}</dd>
          </div>
        ))}
        <div>
          <dt>{t("models.permissions")}</dt>
          <dd>
            {permitted.length === 0
              ? t("models.noPermission")
              : permitted.map((each) => (
                  <div key={each}>
                    {word("permission", each)}{" "}
                    <span className="quiet">
                      (<Wire>{stated.get(each)?.value}</Wire>)
                    </span>
                  </div>
                ))}
          </dd>
        </div>
      </dl>
      {latest && (
        <p className="plate-note quiet">
          {t("device.by", { name: visible(latest.by) })}, <When at={latest.at} />: <Wire>{latest.why}</Wire>
        </p>
      )}
    </li>
  );
}
