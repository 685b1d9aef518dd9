import { Button } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { type AuditItem, type AuditOutcome, type Campaign, namedQuery } from "../../api/admin";
import type { DeviceRow } from "../../api/client";
import { Icon } from "../../design/icon";
import { SeverityLabel, Value, When } from "../../design/parts";
import type { Severity } from "../../design/severity";
import { visible } from "../../design/visible";
import { Wire } from "../../design/wire";
import { useWords } from "../../design/words";

const GRAVITY: Record<AuditOutcome, Severity> = { confirmed: "ok", not_found: "high", wrong: "medium" };
const OUTCOMES: AuditOutcome[] = ["confirmed", "not_found", "wrong"];
/** The hub takes so many answers at once. */
const ANSWERS_MAX = 500;

interface Props {
  audit: Campaign;
  items: AuditItem[];
  answer: ((devices: string[], outcome: AuditOutcome) => void) | undefined;
  busy: boolean;
  chosen: string[];
  choose: (devices: ReadonlySet<string>) => void;
}

/** The devices of an audit, to be answered one by one or many at once. */
export function AuditItems({ audit, items, answer, busy, chosen, choose }: Props) {
  const { t } = useTranslation();
  const word = useWords();
  const known = useQuery(namedQuery(audit.filter)).data;
  const every = items.slice(0, ANSWERS_MAX).map((each) => each.device);
  return (
    <>
      {answer && (
        <div className="audit-bulk">
          <label>
            <input
              type="checkbox"
              checked={chosen.length === every.length}
              onChange={(event) => choose(new Set(event.target.checked ? every : []))}
            />
            {chosen.length > 0 ? t("devices.selected", { count: chosen.length }) : t("audits.selectAll")}
          </label>
          {chosen.length > 0 &&
            OUTCOMES.map((each) => (
              <Button key={each} size="sm" variant="secondary" isDisabled={busy} onClick={() => answer(chosen, each)}>
                {word("outcome", each)}
              </Button>
            ))}
        </div>
      )}
      <ul className="audit-items">
        {items.map((each) => (
          <Item
            key={each.device}
            item={each}
            row={known?.get(each.device)}
            answer={answer && ((outcome) => answer([each.device], outcome))}
            busy={busy}
            on={chosen.includes(each.device)}
            pick={(on) =>
              choose(new Set(on ? [...chosen, each.device] : chosen.filter((other) => other !== each.device)))
            }
          />
        ))}
      </ul>
    </>
  );
}

function Item({
  item,
  row,
  answer,
  busy,
  on,
  pick,
}: {
  item: AuditItem;
  row: DeviceRow | undefined;
  answer: ((outcome: AuditOutcome) => void) | undefined;
  busy: boolean;
  on: boolean;
  pick: (on: boolean) => void;
}) {
  const { t } = useTranslation();
  const word = useWords();
  const name = visible(row?.name ?? row?.ips[0] ?? row?.macs[0] ?? `${t("device.unnamed")} …${item.device.slice(-6)}`);
  return (
    <li>
      {answer && (
        <input
          type="checkbox"
          aria-label={t("devices.select", { name })}
          checked={on}
          onChange={(event) => pick(event.target.checked)}
        />
      )}
      <div className="audit-who">
        <Link to="/devices/$id" params={{ id: item.device }} className="clip">
          <Wire>{name}</Wire>
        </Link>
        {row && (
          <span className="quiet clip">
            {word("type", row.device_type)} ·{" "}
            <Wire>{[row.manufacturer, row.model, row.serial].filter(Boolean).join(" ")}</Wire> ·{" "}
            <Value>{row.location}</Value>
          </span>
        )}
      </div>
      <div className="audit-said">
        {item.outcome ? (
          <>
            <SeverityLabel severity={GRAVITY[item.outcome]}>{word("outcome", item.outcome)}</SeverityLabel>
            <span className="quiet">
              {visible(item.by ?? "")} <When at={item.at} />
            </span>
            {item.note && <Wire>{item.note}</Wire>}
          </>
        ) : (
          <span className="quiet">{word("outcome", "open")}</span>
        )}
      </div>
      {answer && (
        <div className="audit-acts">
          {OUTCOMES.map((each) => (
            <Button
              key={each}
              size="sm"
              variant={each === "confirmed" ? "secondary" : "link"}
              icon={each === "confirmed" ? <Icon name="check" size={14} /> : undefined}
              isDisabled={busy}
              onClick={() => answer(each)}
            >
              {word("outcome", each)}
              <span className="sr">: {name}</span>
            </Button>
          ))}
        </div>
      )}
    </li>
  );
}
