// What was changed that is not a device: accounts, models, windows and the like.
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { campaignsQuery, modelsQuery, recordQuery, type SiteChange } from "../../api/admin";
import { toMinute } from "../../design/format";
import { Icon } from "../../design/icon";
import { Empty, Section, When } from "../../design/parts";
import { Said } from "../../design/said";
import { visible } from "../../design/visible";
import { Wire } from "../../design/wire";
import { useWords } from "../../design/words";
import { showValue } from "../device/attributes";
import { Loaded, More } from "./parts";

export function RecordPage() {
  const { t } = useTranslation();
  const record = useInfiniteQuery(recordQuery);
  const names = useNames();
  const all = record.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <Section id="record" title={t("record.title")} hint={t("record.intro")} className="card-flush">
        <Loaded of={record}>
          {() =>
            all.length === 0 ? (
              <Empty icon="changes" title={t("changes.none")} />
            ) : (
              <ul className="changes">
                {all.map((each) => (
                  <Line key={each.id} change={each} names={names} />
                ))}
              </ul>
            )
          }
        </Loaded>
      </Section>
      <More of={record} />
    </>
  );
}

/** Whole things: what the record says of them names them itself. */
const THINGS = ["campaign", "model", "view", "window"];
const ID = /^[a-z]{3}_[0-9a-f-]{36}$/;
const TIME = /\d{4}-\d\d-\d\dT[\d:.]+Z/g;

/** Names of what the record knows by id only, as far as they are listed. */
function useNames(): ReadonlyMap<string, string> {
  const models = useInfiniteQuery(modelsQuery).data?.pages.flatMap((page) => page.items) ?? [];
  const audits = useInfiniteQuery(campaignsQuery).data?.pages.flatMap((page) => page.items) ?? [];
  return new Map([
    ...models.map((each) => [each.id, `${each.manufacturer} ${each.model}`] as const),
    ...audits.map((each) => [each.id, each.name] as const),
  ]);
}

function Line({ change, names }: { change: SiteChange; names: ReadonlyMap<string, string> }) {
  const { t, i18n } = useTranslation();
  const word = useWords();
  const { kind, subject, what, before, after, why, actor } = change;
  const thing = THINGS.includes(what);
  const isId = ID.test(subject);
  const name = isId ? names.get(subject) : subject;
  const show = (value: string) =>
    what === "role"
      ? word("role", value)
      : showValue(word, what, value).replace(TIME, (each) => toMinute(Date.parse(each), i18n.language));
  return (
    <li>
      <span className={`dot dot-${actor.kind}`}>
        <Icon name={actor.kind === "person" ? "user" : "shield"} size={14} />
      </span>
      <div className="changes-what">
        <span>
          <strong>
            {word("kind", kind)}
            {!thing && name && (
              <>
                {" "}
                <Wire>{name}</Wire>
              </>
            )}
          </strong>
          {!thing && `: ${word(what.startsWith("permission_") ? "permission" : "attribute", what)}`}{" "}
          {before !== null && (
            <>
              <span className="before">
                <Said>{show(before)}</Said>
              </span>{" "}
              →{" "}
            </>
          )}
          {after !== null ? (
            <span className="after">
              <Said>{show(after)}</Said>
            </span>
          ) : (
            before !== null && t("record.takenBack")
          )}
        </span>
        <span className="quiet">
          {t("device.by", { name: visible(actor.name ?? word("actor", actor.kind)) })} · <Wire>{why}</Wire>
        </span>
        {isId && <span className="quiet mono changes-request">{subject}</span>}
      </div>
      <When at={change.at} full />
    </li>
  );
}
