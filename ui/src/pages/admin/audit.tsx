// One audit: its devices are answered one by one or many at once, then it is signed off.
import { Alert, Button, ToggleGroup, ToggleGroupItem } from "@patternfly/react-core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import {
  type AuditItem,
  type AuditOutcome,
  answerAudit,
  type Campaign,
  campaignQuery,
  itemsQuery,
} from "../../api/admin";
import { useMay } from "../../app/may";
import { Icon } from "../../design/icon";
import { Empty, Section } from "../../design/parts";
import { Wire } from "../../design/wire";
import { AnswerDialog, SignDialog } from "./audit-dialogs";
import { AuditItems } from "./audit-items";
import { AuditState, Due, ProgressBar } from "./audit-parts";
import { useAct } from "./dialog";
import { FilterText, Loaded, More } from "./parts";

export function AuditPage() {
  const { id } = useParams({ from: "/admin/audits/$id" });
  const audit = useQuery(campaignQuery(id));
  return <Loaded of={audit}>{() => (audit.data ? <Audit audit={audit.data} /> : null)}</Loaded>;
}

function Audit({ audit }: { audit: Campaign }) {
  const { t } = useTranslation();
  const may = useMay();
  const [signing, sign] = useState(false);
  return (
    <div className="stack-wide">
      <nav className="crumb" aria-label={t("audits.title")}>
        <Link to="/admin/audits">{t("audits.title")}</Link>
        <Icon name="right" size={12} />
        <span className="clip">
          <Wire>{audit.name}</Wire>
        </span>
      </nav>
      <Section
        id="audit"
        title={<Wire>{audit.name}</Wire>}
        action={
          !audit.signed_off &&
          may("audits") && (
            <Button size="sm" isDisabled={audit.progress.open > 0} onClick={() => sign(true)}>
              {t("audits.sign")}
            </Button>
          )
        }
      >
        <div className="stack">
          <AuditState audit={audit} />
          <ProgressBar progress={audit.progress} />
          <dl className="plate-facts plate-facts-bare">
            <Due audit={audit} />
            <div>
              <dt>{t("windows.whose")}</dt>
              <dd>
                <FilterText of={audit.filter} />
              </dd>
            </div>
          </dl>
          {!audit.signed_off && audit.progress.open > 0 && may("audits") && (
            <p className="quiet">{t("audits.signWhen", { count: audit.progress.open })}</p>
          )}
        </div>
      </Section>
      <Items audit={audit} />
      {signing && <SignDialog audit={audit} close={() => sign(false)} />}
    </div>
  );
}

type Shown = "open" | "answered" | "all";
const SHOWN: Record<Shown, boolean | undefined> = { open: true, answered: false, all: undefined };

function Items({ audit }: { audit: Campaign }) {
  const { t } = useTranslation();
  const may = useMay();
  const [shown, show] = useState<Shown>(audit.signed_off ? "all" : "open");
  const items = useInfiniteQuery(itemsQuery(audit.id, SHOWN[shown]));
  const [chosen, choose] = useState<ReadonlySet<string>>(new Set());
  const [asked, ask] = useState<{ devices: string[]; outcome: AuditOutcome } | null>(null);
  const { busy, problem, run } = useAct();
  const all: AuditItem[] = items.data?.pages.flatMap((page) => page.items) ?? [];
  const devices = all.map((each) => each.device).filter((each) => chosen.has(each));
  const answer = (of: string[], outcome: AuditOutcome) => {
    if (outcome === "confirmed")
      run((key) =>
        answerAudit(
          audit.id,
          of.map((device) => ({ device, outcome })),
          key,
        ),
      ).then((done) => done && choose(new Set()));
    else ask({ devices: of, outcome });
  };
  const answers = !audit.signed_off && may("answers");
  return (
    <Section
      id="items"
      title={t("audits.devices")}
      className="card-flush"
      action={
        <ToggleGroup isCompact aria-label={t("audits.show")}>
          {(Object.keys(SHOWN) as Shown[]).map((each) => (
            <ToggleGroupItem
              key={each}
              buttonId={`shown-${each}`}
              text={t(`audits.shown.${each}`)}
              isSelected={shown === each}
              onChange={() => {
                show(each);
                choose(new Set());
              }}
            />
          ))}
        </ToggleGroup>
      }
    >
      {problem && <Alert isInline variant="danger" title={problem} component="p" className="card-note" />}
      <Loaded of={items}>
        {() =>
          all.length === 0 ? (
            <Empty icon="check" title={t(shown === "open" ? "audits.nothingOpen" : "audits.nothing")} />
          ) : (
            <AuditItems
              audit={audit}
              items={all}
              answer={answers ? answer : undefined}
              busy={busy}
              chosen={devices}
              choose={choose}
            />
          )
        }
      </Loaded>
      <More of={items} />
      {asked && <AnswerDialog audit={audit} {...asked} close={() => ask(null)} done={() => choose(new Set())} />}
    </Section>
  );
}
