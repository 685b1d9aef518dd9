// What was changed that is not a device: accounts, models, windows and the like.
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { recordQuery, type SiteChange } from "../../api/admin";
import { Icon } from "../../design/icon";
import { Empty, Section, When } from "../../design/parts";
import { visible } from "../../design/visible";
import { Wire } from "../../design/wire";
import { useWords } from "../../design/words";
import { Loaded, More } from "./parts";

export function RecordPage() {
  const { t } = useTranslation();
  const record = useInfiniteQuery(recordQuery);
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
                  <Line key={each.id} change={each} />
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

function Line({ change }: { change: SiteChange }) {
  const { t } = useTranslation();
  const word = useWords();
  const { kind, subject, what, before, after, why, actor } = change;
  return (
    <li>
      <span className={`dot dot-${actor.kind}`}>
        <Icon name={actor.kind === "person" ? "user" : "shield"} size={14} />
      </span>
      <div className="changes-what">
        <span>
          <strong>
            {word("kind", kind)} <Wire>{subject}</Wire>
          </strong>
          : {word(what.startsWith("permission_") ? "permission" : "attribute", what)}{" "}
          {before !== null && (
            <>
              <Wire className="before">{before}</Wire> →{" "}
            </>
          )}
          {after !== null ? <Wire className="after">{after}</Wire> : before !== null && t("record.takenBack")}
        </span>
        <span className="quiet">
          {t("device.by", { name: visible(actor.name ?? word("actor", actor.kind)) })} · <Wire>{why}</Wire>
        </span>
      </div>
      <When at={change.at} full />
    </li>
  );
}
