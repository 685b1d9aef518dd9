import { Button } from "@patternfly/react-core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type ChangeWindow, cancelWindow, windowsQuery } from "../../api/admin";
import { useMay } from "../../app/may";
import { Icon } from "../../design/icon";
import { Empty, Section, When } from "../../design/parts";
import { visible } from "../../design/visible";
import { Wire } from "../../design/wire";
import { useWords } from "../../design/words";
import { ActDialog, WhyField } from "./dialog";
import { FilterText, Loaded, More, Span } from "./parts";
import { PlanWindow } from "./plan-window";

type Place = "now" | "coming" | "past";
const PLACES: Place[] = ["now", "coming", "past"];

/** Where a window stands in time; a cancelled one is past. */
function placeOf(window: ChangeWindow, now: number): Place {
  if (window.open) return "now";
  return window.cancelled === null && Date.parse(window.from) > now ? "coming" : "past";
}

export function WindowsPage() {
  const { t } = useTranslation();
  const windows = useInfiniteQuery(windowsQuery);
  const may = useMay();
  const [planning, plan] = useState(false);
  const [cancelled, cancel] = useState<ChangeWindow | null>(null);
  const all = windows.data?.pages.flatMap((page) => page.items) ?? [];
  const asked = windows.dataUpdatedAt;
  return (
    <>
      <div className="admin-intro">
        <p className="quiet">{t("windows.intro")}</p>
        {may("windows") && (
          <Button size="sm" icon={<Icon name="plus" size={15} />} onClick={() => plan(true)}>
            {t("windows.plan")}
          </Button>
        )}
      </div>
      <Loaded of={windows}>
        {() =>
          all.length === 0 ? (
            <section className="card">
              <Empty icon="clock" title={t("windows.none")}>
                <p>{t("windows.noneText")}</p>
              </Empty>
            </section>
          ) : (
            <div className="stack-wide">
              {PLACES.map((place) => (
                <Group
                  key={place}
                  place={place}
                  windows={all.filter((each) => placeOf(each, asked) === place)}
                  cancel={may("windows") ? cancel : undefined}
                />
              ))}
            </div>
          )
        }
      </Loaded>
      <More of={windows} />
      {planning && <PlanWindow close={() => plan(false)} />}
      {cancelled && <CancelDialog window={cancelled} close={() => cancel(null)} />}
    </>
  );
}

function Group({
  place,
  windows,
  cancel,
}: {
  place: Place;
  windows: ChangeWindow[];
  cancel: ((window: ChangeWindow) => void) | undefined;
}) {
  const { t } = useTranslation();
  if (windows.length === 0 && place === "past") return null;
  return (
    <Section id={`windows-${place}`} title={t(`windows.place.${place}`)} className="card-flush">
      {windows.length === 0 ? (
        <p className="card-note quiet">{t(`windows.empty.${place}`)}</p>
      ) : (
        <ul className="plates">
          {windows.map((each) => (
            <Plate key={each.id} window={each} cancel={place === "past" ? undefined : cancel} open={place === "now"} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function Plate({
  window,
  cancel,
  open,
}: {
  window: ChangeWindow;
  cancel: ((window: ChangeWindow) => void) | undefined;
  open: boolean;
}) {
  const { t } = useTranslation();
  const word = useWords();
  const { name, filter, what, from, to, by, at, why, cancelled } = window;
  return (
    <li>
      <div className="plate-head">
        <h3 className="wrap">
          <Wire>{name}</Wire>
        </h3>
        {open && <span className="flag flag-open">{t("windows.open")}</span>}
        {cancelled && <span className="flag flag-quiet">{t("windows.cancelled")}</span>}
        {cancel && (
          <Button size="sm" variant="secondary" className="plate-act" onClick={() => cancel(window)}>
            {t("windows.cancel")}
            <span className="sr">: {visible(name)}</span>
          </Button>
        )}
      </div>
      <dl className="plate-facts">
        <div>
          <dt>{t("windows.when")}</dt>
          <dd>
            <Span from={from} to={to} />
          </dd>
        </div>
        <div>
          <dt>{t("windows.whose")}</dt>
          <dd>
            <FilterText of={filter} />
          </dd>
        </div>
        <div>
          <dt>{t("windows.what")}</dt>
          <dd>
            {what.length === 0 ? t("windows.everything") : what.map((each) => word("attribute", each)).join(", ")}
          </dd>
        </div>
        <div>
          <dt>{t("bulk.why")}</dt>
          <dd>
            <Wire>{why}</Wire>{" "}
            <span className="quiet">
              {t("device.by", { name: visible(by) })}, <When at={at} />
            </span>
          </dd>
        </div>
      </dl>
    </li>
  );
}

function CancelDialog({ window, close }: { window: ChangeWindow; close: () => void }) {
  const { t } = useTranslation();
  const [why, setWhy] = useState("");
  return (
    <ActDialog
      id="window-cancel"
      title={t("windows.cancelTitle", { name: visible(window.name) })}
      text={t("windows.cancelText")}
      label={t("windows.cancel")}
      ready={why.trim() !== ""}
      act={(key) => cancelWindow(window.id, why.trim(), key)}
      close={close}
    >
      <WhyField id="window-why" value={why} set={setWhy} first />
    </ActDialog>
  );
}
