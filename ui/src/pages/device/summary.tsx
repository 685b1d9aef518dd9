import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Device } from "../../api/client";
import { conversationsQuery } from "../../api/queries";
import { Icon } from "../../design/icon";
import { Empty, Section, SeverityLabel, SeverityShape, Skeleton, When } from "../../design/parts";
import { byGravity, severityOf } from "../../design/severity";
import { Wire } from "../../design/wire";
import { useWords } from "../../design/words";
import { showValue } from "./attributes";
import { ClinicalCard } from "./clinical";
import { IdentityCard } from "./identity";
import { Neighbours } from "./neighbours";
import { Statements } from "./statements";

export function SummaryTab({ device }: { device: Device }) {
  const { t } = useTranslation();
  return (
    <div className="summary">
      <div className="summary-main">
        <ClinicalCard device={device} />
        <IdentityCard device={device} />
        <Peers id={device.id} />
      </div>
      <div className="summary-side">
        <Weaknesses device={device} />
        <Statements device={device} />
        {device.contradictions.length > 0 && (
          <Section id="contradictions" title={t("device.contradictions")} hint={t("device.contradictionsText")}>
            <Contradictions device={device} />
          </Section>
        )}
        <Section id="anchors" title={t("device.anchors")}>
          <ul className="anchors">
            {device.anchors.map((each) => (
              <li key={each} className="mono">
                <Wire>{each}</Wire>
              </li>
            ))}
          </ul>
          <p className="quiet">
            {t("device.first")}: <When at={device.first_seen} full />
          </p>
        </Section>
      </div>
    </div>
  );
}

function Weaknesses({ device }: { device: Device }) {
  const { t } = useTranslation();
  const word = useWords();
  const list = [...device.weaknesses_detail].sort((a, b) => byGravity(a.weakness, b.weakness));
  return (
    <Section id="weaknesses" title={t("device.weaknesses")} className="card-flush">
      {list.length === 0 ? (
        <Empty icon="shield" title={t("device.weaknessesNone")}>
          <p className="quiet">{t("device.weaknessesNoneText")}</p>
        </Empty>
      ) : (
        <ul className="weak">
          {list.map((each) => (
            <li key={`${each.weakness} ${each.frame}`}>
              <SeverityLabel severity={severityOf(each.weakness)} />
              <div>
                <strong>{word("weakness", each.weakness)}</strong>
                <span className="quiet">
                  {t("evidence.frame")} <span className="mono">{each.frame}</span> ·{" "}
                  <Wire className="mono">{each.field}</Wire> · {t("device.times", { count: each.count })}
                </span>
              </div>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function Contradictions({ device }: { device: Device }) {
  const word = useWords();
  return (
    <ul className="contra">
      {device.contradictions.map((each) => (
        <li key={each.attribute}>
          <SeverityShape severity="medium" />
          <strong>{word("attribute", each.attribute)}</strong>
          {each.values.map((value) => (
            <Wire key={value} className="after">
              {showValue(word, each.attribute, value)}
            </Wire>
          ))}
        </li>
      ))}
    </ul>
  );
}

function Peers({ id }: { id: string }) {
  const { t } = useTranslation();
  const talks = useInfiniteQuery(conversationsQuery(id));
  const all = talks.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Section
      id="peers"
      title={t("device.peers")}
      action={
        <Link to="/devices/$id" params={{ id }} search={{ tab: "conversations" }}>
          {t("device.peersAll")} <Icon name="right" size={12} />
        </Link>
      }
    >
      {talks.isPending ? (
        <Skeleton lines={4} />
      ) : all.length === 0 ? (
        <p className="quiet">{t("device.noPeers")}</p>
      ) : (
        <Neighbours conversations={all} most={6} />
      )}
    </Section>
  );
}
