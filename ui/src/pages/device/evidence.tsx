// Every value down to the frame and the field.

import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Device, Evidence } from "../../api/client";
import { Icon } from "../../design/icon";
import { Confidence, Copy, Empty } from "../../design/parts";
import { Wire } from "../../design/wire";
import { useWords } from "../../design/words";
import { showValue } from "./attributes";
import { wiresharkFilter } from "./wireshark";

export function EvidenceTab({ device, open }: { device: Device; open?: string }) {
  const { t } = useTranslation();
  const word = useWords();
  const [find, setFind] = useState("");
  const needle = find.trim().toLowerCase();
  const matches = (each: Evidence, value: string) =>
    !needle ||
    [each.field, each.rule, each.seen, each.sensor ?? "", value, String(each.frame)].some((text) =>
      text.toLowerCase().includes(needle),
    );
  const groups = Object.entries(device.attributes)
    .flatMap(([name, values]) =>
      values.map((value) => ({
        name,
        ...value,
        evidence: value.evidence.filter((each) => matches(each, value.value)),
      })),
    )
    .filter((each) => each.evidence.length > 0);
  if (Object.keys(device.attributes).length === 0) return <Empty icon="unknown" title={t("evidence.nothing")} />;
  return (
    <div className="stack-wide">
      <div className="toolbar-row">
        <div className="search-field">
          <Icon name="search" size={16} />
          <input
            type="search"
            data-search
            aria-label={t("evidence.find")}
            placeholder={t("evidence.find")}
            value={find}
            onChange={(event) => setFind(event.target.value)}
          />
        </div>
        <p className="quiet">{t("evidence.intro")}</p>
      </div>
      {groups.length === 0 && <Empty icon="search" title={t("evidence.none")} />}
      {groups.map((each) => (
        <section
          key={`${each.name} ${each.value}`}
          className="card card-flush"
          aria-label={`${word("attribute", each.name)}: ${each.value}`}
        >
          <header className="card-head evidence-head">
            <h2>{word("attribute", each.name)}</h2>
            <Wire className="wrap">{showValue(word, each.name, each.value)}</Wire>
            <span className="card-act">
              <Confidence of={each.confidence} />
            </span>
          </header>
          {each.evidence.map((reason) => (
            <Reason
              key={`${reason.frame} ${reason.field} ${reason.rule}`}
              reason={reason}
              id={device.id}
              open={open === `${reason.frame}`}
            />
          ))}
        </section>
      ))}
    </div>
  );
}

function Reason({ reason, id, open }: { reason: Evidence; id: string; open: boolean }) {
  const { t } = useTranslation();
  const filter = wiresharkFilter(reason);
  const element = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    if (open) element.current?.scrollIntoView({ block: "center" });
  }, [open]);
  return (
    <details className="reason" open={open} ref={element}>
      <summary>
        <Icon name="right" size={13} className="reason-mark" />
        <span className="reason-frame">
          <span className="quiet">{t("evidence.frame")}</span> <span className="mono">{reason.frame}</span>
        </span>
        <span className="mono reason-field clip">{reason.field}</span>
        <q className="mono reason-seen clip">
          <Wire>{reason.seen}</Wire>
        </q>
        <span className="mono quiet reason-rule clip">{reason.rule}</span>
        <span className="reason-weight">
          <span className="sr">{t("evidence.weight")} </span>
          {reason.weight.toFixed(2)}
        </span>
      </summary>
      <dl className="reason-more">
        <div>
          <dt>{t("evidence.field")}</dt>
          <dd className="mono wrap">{reason.field}</dd>
        </div>
        <div>
          <dt>{t("evidence.seen")}</dt>
          <dd className="mono wrap">
            <Wire>{reason.seen}</Wire>
          </dd>
        </div>
        <div>
          <dt>{t("evidence.rule")}</dt>
          <dd className="mono wrap">{reason.rule}</dd>
        </div>
        <div>
          <dt>{t("evidence.weight")}</dt>
          <dd>{reason.weight.toFixed(2)}</dd>
        </div>
        <div>
          <dt>{t("evidence.sensor")}</dt>
          <dd className="mono">{reason.sensor}</dd>
        </div>
        <div>
          <dt>{t("evidence.filter")}</dt>
          <dd className="command">
            <code>{filter}</code>
            <Copy text={filter} label={t("evidence.filter")} />
          </dd>
        </div>
        <div>
          <dt>{t("evidence.explain")}</dt>
          <dd className="command">
            <code>bedrail device show {id}</code>
            <Copy text={`bedrail device show ${id}`} label={t("evidence.explain")} />
          </dd>
        </div>
      </dl>
    </details>
  );
}
