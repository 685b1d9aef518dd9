// Small parts that every page uses.
import { Button, Popover } from "@patternfly/react-core";
import { Link } from "@tanstack/react-router";
import { type ReactNode, type Ref, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ClinicalClass, Evidence, Lifecycle } from "../api/client";
import { ProblemError } from "../api/client";
import { absolute, clock, percent, relative } from "./format";
import { Icon, type IconName } from "./icon";
import { byGravity, type Severity, worst } from "./severity";
import { Wire } from "./wire";
import { useWords } from "./words";

const SHAPES: Record<Severity, string> = {
  critical: "M5 1h6l4 4v6l-4 4H5l-4-4V5z",
  high: "M8 1.500 15.500 14.500H.500z",
  medium: "M8 .800 15.200 8 8 15.200.800 8z",
  low: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2z",
  ok: "M2 8.500 6.200 12.800 14.500 3.500",
};

/** A shape for each severity: octagon, triangle, diamond, circle, tick. */
export function SeverityShape({ severity, size = 12 }: { severity: Severity; size?: number }) {
  return (
    <svg
      className={`shape shape-${severity}`}
      viewBox="0 0 16 16"
      width={size}
      height={size}
      aria-hidden="true"
      focusable="false"
    >
      <path d={SHAPES[severity]} />
    </svg>
  );
}

/** Word, shape and colour together. */
export function SeverityLabel({ severity, children }: { severity: Severity; children?: ReactNode }) {
  const word = useWords();
  return (
    <span className={`sev sev-${severity}`}>
      <SeverityShape severity={severity} />
      <span>{children ?? word("severity", severity)}</span>
    </span>
  );
}

/** How many weaknesses, the gravest named by shape and word. */
export function WeaknessCount({ weaknesses, full }: { weaknesses: readonly string[]; full?: boolean }) {
  const { t } = useTranslation();
  const word = useWords();
  if (weaknesses.length === 0)
    return <span className="quiet">{t(full ? "device.weaknessesNone" : "devices.noWeak")}</span>;
  const severity = worst(weaknesses);
  const names = [...weaknesses]
    .sort(byGravity)
    .map((each) => word("weakness", each))
    .join(", ");
  return (
    <span className={`sev sev-${severity}`} title={names}>
      <SeverityShape severity={severity} />
      <span>
        {word("severity", severity)}
        {full ? (
          <span className="quiet"> · {t("devices.weak", { count: weaknesses.length })}</span>
        ) : (
          weaknesses.length > 1 && <span className="quiet"> +{weaknesses.length - 1}</span>
        )}
      </span>
      <span className="sr">: {names}</span>
    </span>
  );
}

export function Unknown() {
  const { t } = useTranslation();
  return <span className="unknown">{t("state.unknown")}</span>;
}

/** A value from the wire, or that it is unknown. */
export function Value({ children, mono }: { children: string | null | undefined; mono?: boolean }) {
  if (children === null || children === undefined || children === "") return <Unknown />;
  // Text of either direction stays within its own box.
  return <Wire className={mono ? "mono" : undefined}>{children}</Wire>;
}

export function ClassLabel({ of, plain, noIcon }: { of: ClinicalClass; plain?: boolean; noIcon?: boolean }) {
  const word = useWords();
  const { t } = useTranslation();
  return (
    <span
      className={`cls cls-${of}${plain ? " cls-plain" : ""}`}
      title={of === "unknown" ? t("classHint.unknown") : undefined}
    >
      {!noIcon && <Icon name={of} size={15} />}
      <span>{word("class", of)}</span>
    </span>
  );
}

export function LifecycleLabel({ of }: { of: Lifecycle }) {
  const word = useWords();
  return (
    <span className={`life life-${of}`}>
      <i aria-hidden="true" />
      {word("lifecycle", of)}
    </span>
  );
}

const useNow = (every: number): number => {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
};

/** Relative with the absolute time on hover; `full` shows both. */
export function When({ at, full }: { at: string | null | undefined; full?: boolean | "clock" }) {
  const { t, i18n } = useTranslation();
  const now = useNow(30_000);
  if (!at) return <Unknown />;
  const time = Date.parse(at);
  const exact = absolute(time, i18n.language);
  const near = relative(time, Math.max(now, time), i18n.language) ?? t("when.justNow");
  return (
    <time dateTime={at} title={exact} className="when">
      {near}
      {full && <span className="quiet when-exact"> {full === "clock" ? clock(time, i18n.language) : exact}</span>}
    </time>
  );
}

export function Confidence({ of }: { of: number }) {
  const { t, i18n } = useTranslation();
  return (
    <span className="conf" title={t("device.confidence")}>
      <span className="conf-bar" aria-hidden="true">
        <i style={{ width: `${Math.round(of * 100)}%` }} />
      </span>
      <span className="sr">{t("device.confidence")} </span>
      {percent(of, i18n.language)}
    </span>
  );
}

/** Opens why a value is what it is. */
export function Because({ what, evidence, device }: { what: string; evidence: Evidence[]; device: string }) {
  const { t } = useTranslation();
  return (
    <Popover
      aria-label={t("device.why", { what })}
      closeBtnAriaLabel={t("state.close")}
      maxWidth="34rem"
      minWidth="20rem"
      bodyContent={
        <div className="reasons-box">
          <h2>{t("device.why", { what })}</h2>
          <ul className="reasons">
            {evidence.map((each) => (
              <li key={`${each.frame} ${each.field} ${each.rule}`}>
                <span className="mono">{each.field}</span> <span className="quiet">=</span>{" "}
                <q className="mono">
                  <Wire>{each.seen}</Wire>
                </q>
                <div className="quiet">
                  <Link
                    to="/devices/$id"
                    params={{ id: device }}
                    search={{ tab: "evidence", open: String(each.frame) }}
                  >
                    {t("evidence.frame")} <span className="mono">{each.frame}</span>
                  </Link>{" "}
                  · {t("evidence.rule")} <span className="mono">{each.rule}</span> · {t("evidence.weight")}{" "}
                  {each.weight.toFixed(2)}
                </div>
              </li>
            ))}
          </ul>
        </div>
      }
    >
      <button type="button" className="because">
        {t("device.reasons", { count: evidence.length })}
        <span className="sr">: {t("device.why", { what })}</span>
      </button>
    </Popover>
  );
}

/** A part of the page that scrolls by itself: it can be reached and scrolled by the keyboard, and has a name. */
export function ScrollBox({
  className,
  label,
  children,
  ref,
}: {
  className: string;
  label: string;
  children: ReactNode;
  ref?: Ref<HTMLDivElement>;
}) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields; this is a part that scrolls
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
    <div ref={ref} className={className} role="group" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}

export function Copy({ text, label }: { text: string; label: string }) {
  const { t } = useTranslation();
  const [done, setDone] = useState(false);
  return (
    <button
      type="button"
      className="copy"
      aria-label={`${t("state.copy")}: ${label}`}
      title={t("state.copy")}
      onClick={() => {
        navigator.clipboard?.writeText(text).then(() => {
          setDone(true);
          setTimeout(() => setDone(false), 1500);
        });
      }}
    >
      <Icon name={done ? "check" : "copy"} size={14} />
      <span className="sr" aria-live="polite">
        {done ? t("state.copied") : ""}
      </span>
    </button>
  );
}

export function Empty({ icon, title, children }: { icon: IconName; title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <Icon name={icon} size={30} />
      <p className="empty-title">{title}</p>
      {children}
    </div>
  );
}

/** What went wrong, in words, with the way on. */
export function Problem({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation();
  const problem = error instanceof ProblemError ? error : null;
  const text =
    problem?.status === 0
      ? t("state.unreachable")
      : problem?.status === 404
        ? t("state.notFoundText")
        : problem?.status === 403
          ? t("act.forbidden", { detail: problem.message })
          : (problem?.detail ?? problem?.title ?? String(error));
  return (
    <div className="empty empty-problem" role="alert">
      <SeverityShape severity="high" size={26} />
      <p className="empty-title">
        {t(problem?.status === 404 ? "state.notFound" : problem?.status === 403 ? "act.noRight" : "state.problem")}
      </p>
      <p>{text}</p>
      {problem?.status === 404 ? (
        <Link to="/" className="go">
          {t("state.back")}
        </Link>
      ) : (
        retry && (
          <Button variant="secondary" size="sm" onClick={retry}>
            {t("state.retry")}
          </Button>
        )
      )}
    </div>
  );
}

/** Keeps the place of what is on its way. */
export function Skeleton({ lines = 6 }: { lines?: number }) {
  const { t } = useTranslation();
  return (
    <div className="skeleton" role="status">
      <span className="sr">{t("state.loading")}</span>
      {Array.from({ length: lines }, (_, place) => place).map((place) => (
        <i key={place} style={{ width: `${92 - ((place * 17) % 40)}%` }} />
      ))}
    </div>
  );
}

export function Section({
  title,
  hint,
  action,
  children,
  className,
  id,
}: {
  title: ReactNode;
  hint?: ReactNode;
  action?: ReactNode;
  children: ReactNode;
  className?: string;
  id: string;
}) {
  return (
    <section className={className ? `card ${className}` : "card"} aria-labelledby={id}>
      <header className="card-head">
        <h2 id={id}>{title}</h2>
        {hint && <span className="quiet">{hint}</span>}
        {action && <span className="card-act">{action}</span>}
      </header>
      {children}
    </section>
  );
}

/** A field of a form with its name, and what is kept of it. */
export function Field({
  label,
  id,
  hint,
  children,
}: {
  label: string;
  id: string;
  hint?: string;
  children: ReactNode;
}) {
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children}
      {hint && <small className="quiet">{hint}</small>}
    </div>
  );
}

export interface Share {
  key: string;
  label: string;
  value: number;
  color: string;
  pattern?: boolean;
  href?: ReactNode;
}

/** A stacked bar whose list beside it says the same in words. */
export function ShareBar({ shares, label }: { shares: Share[]; label: string }) {
  const { i18n } = useTranslation();
  const total = shares.reduce((sum, each) => sum + each.value, 0);
  return (
    <div className="shares">
      <div className="shares-bar" role="img" aria-label={label}>
        {shares
          .filter((each) => each.value > 0)
          .map((each) => (
            <i
              key={each.key}
              className={each.pattern ? "hatched" : undefined}
              style={{ flexGrow: each.value, color: each.color }}
            />
          ))}
      </div>
      <ul>
        {shares.map((each) => (
          <li key={each.key}>
            <i
              className={each.pattern ? "swatch hatched" : "swatch"}
              style={{ color: each.color }}
              aria-hidden="true"
            />
            <span className="shares-name">{each.href ?? each.label}</span>
            <b>{new Intl.NumberFormat(i18n.language).format(each.value)}</b>
            <span className="quiet shares-part">{total ? percent(each.value / total, i18n.language) : ""}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
