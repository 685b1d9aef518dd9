import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Change } from "../../api/client";
import { Icon, type IconName } from "../../design/icon";
import { When } from "../../design/parts";
import { Wire } from "../../design/wire";
import { useWords } from "../../design/words";
import { showValue } from "../device/attributes";

const ICONS: Record<string, IconName> = { person: "user", rule: "filter", system: "shield" };

/** Records of change: what, before and after, who, why. */
export function ChangeList({ changes, withDevice, full }: { changes: Change[]; withDevice?: boolean; full?: boolean }) {
  const { t } = useTranslation();
  return (
    <ul className="changes">
      {changes.map((each) => (
        <li key={each.id}>
          <span className={`dot dot-${each.actor.kind}`}>
            <Icon name={ICONS[each.actor.kind] ?? "shield"} size={14} />
          </span>
          <div className={withDevice ? "changes-what changes-with" : "changes-what"}>
            {withDevice && (
              <Link
                to="/devices/$id"
                params={{ id: each.device }}
                search={{ tab: "timeline" }}
                className="clip changes-device"
              >
                <Wire>{each.device_name ?? each.device_address ?? t("device.unnamed")}</Wire>
              </Link>
            )}
            <span>
              <What change={each} />
            </span>
            <span className="quiet">
              <Who change={each} />
              {each.why && (
                <>
                  {" "}
                  · <Wire>{each.why}</Wire>
                </>
              )}
            </span>
            {full && each.request && (
              <span className="quiet mono changes-request">
                {t("changes.request")} {each.request}
              </span>
            )}
          </div>
          <When at={each.at} full={full && "clock"} />
        </li>
      ))}
    </ul>
  );
}

function What({ change }: { change: Change }) {
  const { t } = useTranslation();
  const word = useWords();
  const show = (value: string | null) =>
    value === null
      ? t("state.unknown")
      : change.what === "lifecycle"
        ? word("lifecycle", value)
        : change.what === "patient_state"
          ? word("patient", value)
          : change.what === "weaknesses"
            ? value
                .split(", ")
                .map((each) => word("weakness", each))
                .join(", ")
            : showValue(word, change.what, value);
  if (change.kind === "discovered" && change.before === null) return <b>{t("changes.discovered")}</b>;
  if (change.kind === "quarantine")
    return <b>{t(change.after === "true" ? "quarantine.marked" : "quarantine.taken")}</b>;
  if (change.kind === "merged" || change.kind === "split")
    return (
      <>
        <b>{t(change.kind === "merged" ? "adjust.merge" : "adjust.split")}</b>{" "}
        {[change.before, change.after].map((each) => each && each !== change.device && <Other key={each} id={each} />)}
      </>
    );
  return (
    <>
      <b>{word("attribute", change.what)}</b>{" "}
      {change.before !== null && (
        <>
          <span className="before">
            <Wire>{show(change.before)}</Wire>
          </span>{" "}
          <Icon name="out" size={13} />
          <span className="sr"> → </span>{" "}
        </>
      )}
      <span className="after">
        <Wire>{show(change.after)}</Wire>
      </span>
    </>
  );
}

function Other({ id }: { id: string }) {
  return (
    <Link to="/devices/$id" params={{ id }} search={{ tab: "timeline" }} className="mono">
      …{id.slice(-8)}
    </Link>
  );
}

function Who({ change }: { change: Change }) {
  const word = useWords();
  const { kind, name } = change.actor;
  if (kind === "person" && name) return <Wire>{name}</Wire>;
  return (
    <>
      {word("actor", kind)}
      {name && (
        <>
          {" "}
          <Wire className="mono">{name}</Wire>
        </>
      )}
    </>
  );
}
