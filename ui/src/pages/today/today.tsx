// What waits, what changed, then the figures.

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ClinicalClass, DeviceRow, Summary } from "../../api/client";
import { changesQuery, summaryQuery } from "../../api/queries";
import { absolute, number, percent } from "../../design/format";
import { Icon, type IconName } from "../../design/icon";
import {
  ClassLabel,
  Empty,
  Problem,
  Section,
  SeverityLabel,
  SeverityShape,
  ShareBar,
  Skeleton,
  Value,
  When,
} from "../../design/parts";
import { byGravity, type Severity, severityOf } from "../../design/severity";
import { Wire } from "../../design/wire";
import { useWords } from "../../design/words";
import { SensorState } from "../admin/sensor-state";
import { ChangeList } from "../changes/list";
import { useAdminTasks } from "./admin-tasks";
import { FirstRun } from "./first-run";

const AddSensor = lazy(() => import("../admin/add-sensor").then((page) => ({ default: page.AddSensor })));

const CLASSES: ClinicalClass[] = [
  "unknown",
  "life_sustaining",
  "therapeutic",
  "monitoring_alarm",
  "diagnostic",
  "support",
  "non_clinical",
];

export function Today() {
  const { t, i18n } = useTranslation();
  const summary = useQuery(summaryQuery);
  const [opened] = useState(() => Date.now());
  const [adding, setAdding] = useState(false);
  const day = new Intl.DateTimeFormat(i18n.language, { weekday: "long", day: "numeric", month: "long" }).format(opened);
  return (
    <>
      <header className="head">
        <h1>{t("today.title")}</h1>
        <p className="quiet">{day}</p>
      </header>
      {summary.isPending ? (
        <Skeleton lines={12} />
      ) : summary.isError && !summary.data ? (
        <Problem error={summary.error} retry={() => summary.refetch()} />
      ) : summary.data.devices.total === 0 ? (
        <FirstRun sensors={summary.data.sensors} add={() => setAdding(true)} />
      ) : (
        <Day summary={summary.data} />
      )}
      {/* Here, because the guide goes when the first device comes. */}
      <Suspense>{adding && <AddSensor close={() => setAdding(false)} />}</Suspense>
    </>
  );
}

function Day({ summary }: { summary: Summary }) {
  const { t } = useTranslation();
  return (
    <div className="today">
      <div className="today-main">
        <Waiting summary={summary} />
        <Fresh devices={summary.new_since_last_visit} />
        <Latest />
      </div>
      <aside className="today-side" aria-label={t("today.figures")}>
        <Figures summary={summary} />
      </aside>
    </div>
  );
}

export interface Task {
  id: string;
  severity: Severity;
  icon: IconName;
  title: string;
  text: string;
  act: ReactNode;
}

function Waiting({ summary }: { summary: Summary }) {
  const { t } = useTranslation();
  const silent = summary.sensors.filter((each) => each.state === "silent").length;
  const blind = summary.sensors.filter((each) => each.state !== "silent" && each.blind_spots.length > 0).length;
  const more = useAdminTasks();
  const tasks: (Task | false)[] = [
    ...more,
    summary.awaiting_approval > 0 && {
      id: "approval",
      severity: "medium",
      icon: "check",
      title: t("today.approval", { count: summary.awaiting_approval }),
      text: t("today.approvalText"),
      act: (
        <Link className="go" to="/devices" search={{ lifecycle: ["discovered"], sort: "-first_seen" }}>
          {t("today.approvalDo")}
        </Link>
      ),
    },
    silent > 0 && {
      id: "silent",
      severity: "high",
      icon: "sensor",
      title: t("today.silent", { count: silent }),
      text: t("today.silentText"),
      act: (
        <Link className="go" to="/admin/sensors">
          {t("today.silentDo")}
        </Link>
      ),
    },
    summary.devices.unknown > 0 && {
      id: "unknown",
      severity: "high",
      icon: "unknown",
      title: t("today.unknown", { count: summary.devices.unknown }),
      text: t("today.unknownText"),
      act: (
        <Link className="go" to="/devices" search={{ class: ["unknown"] }}>
          {t("today.unknownDo")}
        </Link>
      ),
    },
    summary.cleartext_clinical_conversations > 0 && {
      id: "clear",
      severity: "high",
      icon: "unlock",
      title: t("today.clear", { count: summary.cleartext_clinical_conversations }),
      text: t("today.clearText"),
      act: (
        <Link className="go" to="/map">
          {t("today.clearDo")}
        </Link>
      ),
    },
    blind > 0 && {
      id: "blind",
      severity: "medium",
      icon: "sensor",
      title: t("today.blind", { count: blind }),
      text: t("today.blindText"),
      act: (
        <Link className="go" to="/admin/sensors">
          {t("today.silentDo")}
        </Link>
      ),
    },
  ];
  const rank: Severity[] = ["critical", "high", "medium", "low", "ok"];
  const shown = tasks
    .filter((each): each is Task => each !== false)
    .sort(
      (a, b) =>
        Number(b.id === "approval") - Number(a.id === "approval") ||
        rank.indexOf(a.severity) - rank.indexOf(b.severity),
    );
  return (
    <Section id="waiting" title={t("today.waiting")} className="card-flush">
      {shown.length === 0 ? (
        <Empty icon="check" title={t("today.nothing")}>
          <p>{t("today.nothingText")}</p>
        </Empty>
      ) : (
        <ul className="tasks">
          {shown.map((each) => (
            <li key={each.id}>
              <SeverityLabel severity={each.severity} />
              <div>
                <strong>{each.title}</strong>
                <span className="quiet">{each.text}</span>
              </div>
              {each.act}
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function Fresh({ devices }: { devices: DeviceRow[] }) {
  const { t } = useTranslation();
  const word = useWords();
  return (
    <Section
      id="fresh"
      title={t("today.fresh")}
      className="card-flush"
      action={
        <Link to="/devices" search={{ sort: "-first_seen" }}>
          {t("today.all")}
        </Link>
      }
    >
      {devices.length === 0 ? (
        <p className="card-note quiet">{t("today.freshNone")}</p>
      ) : (
        <ul className="fresh">
          {devices.slice(0, 6).map((each) => (
            <li key={each.id}>
              <span className={`tile tile-${each.clinical_class}`}>
                <Icon name={each.clinical_class} size={18} />
              </span>
              <div className="fresh-who">
                <Link to="/devices/$id" params={{ id: each.id }} className="clip">
                  <Wire>{each.name ?? each.ips[0] ?? each.macs[0] ?? t("device.unnamed")}</Wire>
                </Link>
                <span className="quiet clip">
                  {each.device_type ? (
                    <>
                      {word("type", each.device_type)} ·{" "}
                      <Value>{[each.manufacturer, each.model].filter(Boolean).join(" ")}</Value>
                    </>
                  ) : (
                    <Value>{each.manufacturer}</Value>
                  )}
                </span>
              </div>
              <ClassLabel of={each.clinical_class} plain />
              <span className="fresh-where clip">
                <Value>{each.location}</Value>
              </span>
              <When at={each.first_seen} />
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function Latest() {
  const { t } = useTranslation();
  const changes = useInfiniteQuery(changesQuery(12));
  return (
    <Section
      id="latest"
      title={t("today.changes")}
      className="card-flush"
      action={<Link to="/changes">{t("today.changesAll")}</Link>}
    >
      {changes.isPending ? (
        <Skeleton />
      ) : changes.isError ? (
        <Problem error={changes.error} retry={() => changes.refetch()} />
      ) : (
        <ChangeList changes={(changes.data.pages[0]?.items ?? []).slice(0, 8)} withDevice />
      )}
    </Section>
  );
}

function Figures({ summary }: { summary: Summary }) {
  const { t, i18n } = useTranslation();
  const word = useWords();
  const { devices, conversations } = summary;
  const talks = conversations.encrypted + conversations.clear + conversations.unknown;
  return (
    <>
      <Section id="fig-devices" title={t("today.devices")} action={<Link to="/devices">{t("today.all")}</Link>}>
        <p className="figure">
          <b>{number(devices.total, i18n.language)}</b>
          <span className="quiet">
            {number(devices.by_lifecycle.in_service ?? 0, i18n.language)} {t("today.inService")} ·{" "}
            {number(devices.external, i18n.language)} {t("today.external")}
          </span>
        </p>
        <ShareBar
          label={t("today.byClass")}
          shares={CLASSES.map((each) => ({
            key: each,
            label: word("class", each),
            value: devices.by_class[each] ?? 0,
            color: `var(--c-${each})`,
            pattern: each === "unknown",
            href: (
              <Link to="/devices" search={{ class: [each] }}>
                {word("class", each)}
              </Link>
            ),
          }))}
        />
      </Section>
      <Section id="fig-talks" title={t("today.encryption")} action={<Link to="/map">{t("nav.map")}</Link>}>
        <p className="figure">
          <b>{percent(talks ? conversations.encrypted / talks : 0, i18n.language)}</b>
          <span className="quiet">{t("today.encrypted").toLowerCase()}</span>
        </p>
        <ShareBar
          label={t("today.encryption")}
          shares={[
            { key: "encrypted", label: t("today.encrypted"), value: conversations.encrypted, color: "var(--ok)" },
            { key: "clear", label: t("today.clear"), value: conversations.clear, color: "var(--high)" },
            {
              key: "unknown",
              label: t("today.notKnown"),
              value: conversations.unknown,
              color: "var(--c-unknown)",
              pattern: true,
            },
          ]}
        />
      </Section>
      <Section id="fig-weak" title={t("today.weaknesses")} hint={t("today.weaknessesHint")}>
        <ul className="tally">
          {[...summary.weaknesses]
            .sort((a, b) => byGravity(a.weakness, b.weakness))
            .slice(0, 8)
            .map((each) => (
              <li key={each.weakness}>
                <SeverityShape severity={severityOf(each.weakness)} />
                <span className="sr">{word("severity", severityOf(each.weakness))}: </span>
                <Link to="/devices" search={{ filter: `weakness=${each.weakness}` }}>
                  {word("weakness", each.weakness)}
                </Link>
                <b>{number(each.devices, i18n.language)}</b>
              </li>
            ))}
        </ul>
      </Section>
      <Section id="fig-sensors" title={t("today.sensors")} action={<Link to="/admin/sensors">{t("today.all")}</Link>}>
        <ul className="tally">
          {summary.sensors.map((each) => (
            <li key={each.id}>
              <SensorState sensor={each} short />
              <span className="clip">
                <Wire>{each.name}</Wire>
              </span>
              <When at={each.last_seen} />
            </li>
          ))}
        </ul>
      </Section>
      <Section id="fig-protocols" title={t("today.protocols")} hint={t("today.protocolsHint")}>
        <Protocols protocols={summary.protocols} />
      </Section>
      <p className="quiet as-of">{t("when.asOf", { time: absolute(Date.parse(summary.as_of), i18n.language) })}</p>
    </>
  );
}

function Protocols({ protocols }: { protocols: Summary["protocols"] }) {
  const { i18n } = useTranslation();
  const shown = protocols.slice(0, 8);
  const most = Math.max(1, ...shown.map((each) => each.flows));
  return (
    <ul className="bars">
      {shown.map((each) => (
        <li key={each.name}>
          <span className="mono clip">
            <Wire>{each.name}</Wire>
          </span>
          <span className="bars-bar" aria-hidden="true">
            <i style={{ width: `${(each.flows / most) * 100}%` }} />
          </span>
          <b>{number(each.flows, i18n.language)}</b>
        </li>
      ))}
    </ul>
  );
}
