// How far an audit is: in words, as a bar, and by when.
import { useTranslation } from "react-i18next";
import type { Campaign } from "../../api/admin";
import type { Schemas } from "../../api/client";
import { toMinute } from "../../design/format";
import { SeverityLabel, When } from "../../design/parts";
import { visible } from "../../design/visible";
import { Wire } from "../../design/wire";

const DAY = 86_400_000;

export function AuditState({ audit }: { audit: Campaign }) {
  const { t } = useTranslation();
  if (audit.signed_off) return <SeverityLabel severity="ok">{t("audits.signed")}</SeverityLabel>;
  if (audit.overdue) return <SeverityLabel severity="high">{t("audits.overdue")}</SeverityLabel>;
  if (audit.progress.open === 0) return <SeverityLabel severity="medium">{t("audits.ready")}</SeverityLabel>;
  return <SeverityLabel severity="low">{t("audits.runs")}</SeverityLabel>;
}

export function Due({ audit }: { audit: Campaign }) {
  const { t, i18n } = useTranslation();
  const due = Date.parse(audit.due);
  const left = Math.ceil((due - Date.now()) / DAY);
  return (
    <>
      <div>
        <dt>{t("audits.due")}</dt>
        <dd>
          {toMinute(due, i18n.language)}{" "}
          {!audit.signed_off && (
            <span className={audit.overdue ? "overdue" : "quiet"}>
              {left < 1 ? t("audits.late", { count: Math.max(0, -left) }) : t("audits.left", { count: left })}
            </span>
          )}
        </dd>
      </div>
      <div>
        <dt>{t("audits.again")}</dt>
        <dd>{audit.every_days === null ? t("audits.once") : t("audits.everyDays", { count: audit.every_days })}</dd>
      </div>
      {audit.signed_off && (
        <div>
          <dt>{t("audits.signed")}</dt>
          <dd>
            {visible(audit.signed_off.by)}, <When at={audit.signed_off.at} />: <Wire>{audit.signed_off.note}</Wire>
          </dd>
        </div>
      )}
    </>
  );
}

const PARTS = ["confirmed", "not_found", "wrong", "open"] as const;

/** A bar, and the same in words. */
export function ProgressBar({ progress }: { progress: Schemas["AuditProgress"] }) {
  const { t } = useTranslation();
  const done = progress.total - progress.open;
  return (
    <div className="audit-progress">
      <strong>{t("audits.of", { done, count: progress.total })}</strong>
      <div className="audit-bar" aria-hidden="true">
        {PARTS.filter((each) => progress[each] > 0).map((each) => (
          <i key={each} className={`audit-${each}`} style={{ flexGrow: progress[each] }} />
        ))}
      </div>
      <ul>
        {PARTS.map((each) => (
          <li key={each}>
            <i className={`audit-key audit-${each}`} aria-hidden="true" />
            {t(`outcome.${each}`)} <b>{progress[each]}</b>
          </li>
        ))}
      </ul>
    </div>
  );
}
