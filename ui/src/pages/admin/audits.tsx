import { Button } from "@patternfly/react-core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { beginAudit, type Campaign, campaignsQuery } from "../../api/admin";
import { useMay } from "../../app/may";
import { Icon } from "../../design/icon";
import { Empty, Section } from "../../design/parts";
import { Wire } from "../../design/wire";
import { AuditState, Due, ProgressBar } from "./audit-parts";
import { ActDialog, TextField, WhyField } from "./dialog";
import { FilterField, FilterText, Loaded, localTime, More, zoneName } from "./parts";

const DAY = 86_400_000;

export function AuditsPage() {
  const { t } = useTranslation();
  const audits = useInfiniteQuery(campaignsQuery);
  const may = useMay();
  const [beginning, begin] = useState(false);
  const all = audits.data?.pages.flatMap((page) => page.items) ?? [];
  // The hub gives the one that is due first first; those that are done stand by themselves.
  const running = all.filter((each) => !each.signed_off);
  const done = all.filter((each) => each.signed_off);
  return (
    <>
      <div className="admin-intro">
        <p className="quiet">{t("audits.intro")}</p>
        {may("audits") && (
          <Button size="sm" icon={<Icon name="plus" size={15} />} onClick={() => begin(true)}>
            {t("audits.begin")}
          </Button>
        )}
      </div>
      <Loaded of={audits}>
        {() => (
          <div className="stack-wide">
            <Section id="audits-running" title={t("audits.running")} className="card-flush">
              {running.length === 0 ? (
                <Empty icon="check" title={t("audits.none")}>
                  <p>{t("audits.noneText")}</p>
                </Empty>
              ) : (
                <Plates audits={running} />
              )}
            </Section>
            {done.length > 0 && (
              <Section id="audits-done" title={t("audits.done")} className="card-flush">
                <Plates audits={done} />
              </Section>
            )}
          </div>
        )}
      </Loaded>
      <More of={audits} />
      {beginning && <BeginAudit close={() => begin(false)} />}
    </>
  );
}

function Plates({ audits }: { audits: Campaign[] }) {
  const { t } = useTranslation();
  return (
    <ul className="plates">
      {audits.map((each) => (
        <li key={each.id}>
          <div className="plate-head">
            <AuditState audit={each} />
            <h3 className="wrap">
              <Link to="/admin/audits/$id" params={{ id: each.id }}>
                <Wire>{each.name}</Wire>
              </Link>
            </h3>
          </div>
          <ProgressBar progress={each.progress} />
          <dl className="plate-facts">
            <Due audit={each} />
            <div>
              <dt>{t("windows.whose")}</dt>
              <dd>
                <FilterText of={each.filter} />
              </dd>
            </div>
          </dl>
        </li>
      ))}
    </ul>
  );
}

function BeginAudit({ close }: { close: () => void }) {
  const { t, i18n } = useTranslation();
  const [name, setName] = useState("");
  const [filter, setFilter] = useState("");
  const [due, setDue] = useState(() => localTime(Date.now() + 30 * DAY));
  const [every, setEvery] = useState("");
  const [why, setWhy] = useState("");
  const days = every.trim() === "" ? null : Number(every);
  const body = () => ({
    name: name.trim(),
    filter: filter.trim(),
    due: new Date(due).toISOString(),
    every_days: days,
    why: why.trim(),
  });
  return (
    <ActDialog
      id="audit-begin"
      title={t("audits.begin")}
      text={t("audits.beginText")}
      label={t("audits.beginDo")}
      ready={
        name.trim() !== "" && due !== "" && why.trim() !== "" && (days === null || (Number.isInteger(days) && days > 0))
      }
      act={(key) => beginAudit(body(), key)}
      places={{
        "/name": t("act.name"),
        "/filter": t("act.filter"),
        "/due": t("audits.due"),
        "/every_days": t("audits.every"),
      }}
      close={close}
    >
      <TextField id="audit-name" label={t("act.name")} value={name} set={setName} example={t("audits.example")} first />
      <FilterField id="audit-filter" value={filter} set={setFilter} />
      <div className="side-by-side">
        <TextField
          id="audit-due"
          type="datetime-local"
          label={t("audits.due")}
          hint={t("act.zone", { zone: zoneName(i18n.language) })}
          value={due}
          set={setDue}
        />
        <TextField
          id="audit-every"
          type="number"
          label={t("audits.every")}
          hint={t("audits.everyHint")}
          value={every}
          set={setEvery}
          example="365"
        />
      </div>
      <WhyField id="audit-why" value={why} set={setWhy} />
    </ActDialog>
  );
}
