// What a file comes to: how many rows, what is wrong in which line, what is stated anew.
import { Alert, Button } from "@patternfly/react-core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { ImportResult } from "../../api/acts";
import { number } from "../../design/format";
import { Icon } from "../../design/icon";
import { ScrollBox, Section } from "../../design/parts";
import { Said } from "../../design/said";
import { Wire } from "../../design/wire";
import { useWords } from "../../design/words";
import { DeviceLink } from "../device/adjustments";
import { showValue } from "../device/attributes";

interface Props {
  result: ImportResult;
  apply: () => void;
  again: () => void;
  busy: boolean;
}

export function Outcome({ result, apply, again, busy }: Props) {
  const { t } = useTranslation();
  const { changes_total: changes, errors_total: errors } = result;
  return (
    <>
      <Section id="import-result" title={t(result.dry_run ? "imports.would" : "imports.did")}>
        <div className="stack" role="status">
          <Figures result={result} />
          {result.ignored_columns.length > 0 && (
            <p>
              {t("imports.ignored")}{" "}
              {result.ignored_columns.map((each) => (
                <span key={each} className="label-chip">
                  <Wire>{each}</Wire>
                </span>
              ))}
            </p>
          )}
          {!result.dry_run ? (
            <Alert isInline variant="success" title={t("imports.done", { count: changes })} component="p">
              {t("imports.doneText")} {t("bulk.network")}
            </Alert>
          ) : changes === 0 ? (
            <Alert isInline variant="info" title={t("imports.nothing")} component="p" />
          ) : (
            errors > 0 && (
              <Alert isInline variant="warning" title={t("imports.partly", { count: errors })} component="p" />
            )
          )}
          <div className="import-acts">
            {!result.dry_run ? (
              <>
                <Link to="/devices" className="pf-v6-c-button pf-m-primary">
                  {t("imports.devices")}
                </Link>
                <Button variant="secondary" onClick={again}>
                  {t("imports.again")}
                </Button>
              </>
            ) : (
              changes > 0 && (
                <>
                  <Button onClick={apply} isDisabled={busy} isLoading={busy}>
                    {t("imports.apply", { count: changes })}
                  </Button>
                  <span className="quiet">{t("bulk.network")}</span>
                </>
              )
            )}
          </div>
        </div>
      </Section>
      {result.errors.length > 0 && <Errors result={result} />}
      {result.changes.length > 0 && <Changes result={result} />}
    </>
  );
}

function Figures({ result }: { result: ImportResult }) {
  const { t, i18n } = useTranslation();
  const figures = [
    [t("imports.rows"), result.rows],
    [t("imports.matched"), result.matched],
    [t("imports.wrong"), result.errors_total],
    [t("imports.changed"), result.devices_changed],
  ] as const;
  return (
    <dl className="import-figures">
      {figures.map(([name, count]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{number(count, i18n.language)}</dd>
        </div>
      ))}
    </dl>
  );
}

function Errors({ result }: { result: ImportResult }) {
  const { t } = useTranslation();
  return (
    <Section id="import-errors" title={t("imports.errors")} hint={t("imports.errorsHint")} className="card-flush">
      <ScrollBox className="import-table" label={t("imports.errors")}>
        <table className="table table-plain">
          <thead>
            <tr>
              <th scope="col">{t("imports.line")}</th>
              <th scope="col">{t("imports.column")}</th>
              <th scope="col">{t("imports.problem")}</th>
            </tr>
          </thead>
          <tbody>
            {result.errors.map((each) => (
              <tr key={`${each.line} ${each.column} ${each.detail}`}>
                <th scope="row">{each.line}</th>
                <td>
                  {each.column === null ? (
                    <span className="quiet">{t("imports.row")}</span>
                  ) : (
                    <Wire>{each.column}</Wire>
                  )}
                </td>
                <td className="wrap">
                  <Said>{each.detail}</Said>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
      <Rest shown={result.errors.length} total={result.errors_total} />
    </Section>
  );
}

function Changes({ result }: { result: ImportResult }) {
  const { t } = useTranslation();
  const word = useWords();
  return (
    <Section id="import-changes" title={t("imports.changes")} hint={t("device.stateText")} className="card-flush">
      <ScrollBox className="import-table" label={t("imports.changes")}>
        <table className="table table-plain">
          <thead>
            <tr>
              <th scope="col">{t("imports.line")}</th>
              <th scope="col">{t("imports.device")}</th>
              <th scope="col">{t("device.attribute")}</th>
              <th scope="col">{t("imports.before")}</th>
              <th scope="col">{t("imports.after")}</th>
            </tr>
          </thead>
          <tbody>
            {result.changes.slice(0, SHOWN).map((each) => (
              <tr key={`${each.line} ${each.attribute}`}>
                <th scope="row">{each.line}</th>
                <td>
                  <DeviceLink id={each.device} />
                </td>
                <td>{word("attribute", each.attribute)}</td>
                <td className="wrap">
                  {each.before === null ? (
                    <span className="quiet">{t("imports.notSaid")}</span>
                  ) : (
                    <Wire>{showValue(word, each.attribute, each.before)}</Wire>
                  )}
                </td>
                <td className="wrap">
                  <Icon name="out" size={13} /> <Wire>{showValue(word, each.attribute, each.after)}</Wire>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
      <Rest shown={Math.min(result.changes.length, SHOWN)} total={result.changes_total} />
    </Section>
  );
}

/** Each row asks for the name of its device. */
const SHOWN = 100;

function Rest({ shown, total }: { shown: number; total: number }) {
  const { t } = useTranslation();
  return total > shown ? <p className="card-note quiet">{t("bulk.more", { count: total - shown })}</p> : null;
}
