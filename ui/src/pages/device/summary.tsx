import { Button } from "@patternfly/react-core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Device } from "../../api/client";
import { conversationsQuery } from "../../api/queries";
import { Icon } from "../../design/icon";
import { Empty, Section, SeverityLabel, SeverityShape, Skeleton, Value, When } from "../../design/parts";
import { byGravity, severityOf } from "../../design/severity";
import { Wire } from "../../design/wire";
import { useWords } from "../../design/words";
import { IdentityCard } from "./identity";
import { Neighbours } from "./neighbours";
import { StateDialog } from "./state-dialog";

export function SummaryTab({ device }: { device: Device }) {
  const { t } = useTranslation();
  return (
    <div className="summary">
      <div className="summary-main">
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

function Statements({ device }: { device: Device }) {
  const { t } = useTranslation();
  const word = useWords();
  const [stating, setStating] = useState<{ attribute: string; value: string | null } | null>(null);
  const observedOf = (attribute: string) =>
    device.differences.find((each) => each.attribute === attribute)?.observed ??
    device.attributes[attribute]?.[0]?.value ??
    null;
  return (
    <Section
      id="statements"
      title={t("device.statements")}
      className="card-flush"
      action={
        <Button variant="link" size="sm" isInline onClick={() => setStating({ attribute: "location", value: "" })}>
          {t("device.state")}
        </Button>
      }
    >
      {device.asserted.length === 0 ? (
        <p className="card-note quiet">{t("device.statementsNone")}</p>
      ) : (
        <ul className="states">
          {device.asserted.map((each) => {
            const differs = device.differences.some((other) => other.attribute === each.attribute);
            const observed = observedOf(each.attribute);
            return (
              <li key={each.attribute} className={differs ? "differs" : undefined}>
                <div className="states-head">
                  <strong>{word("attribute", each.attribute)}</strong>
                  {differs ? (
                    <span className="sev sev-medium">
                      <SeverityShape severity="medium" />
                      {t("device.differs")}
                    </span>
                  ) : observed === null ? (
                    <span className="quiet">{t("device.notObserved")}</span>
                  ) : (
                    <span className="sev sev-ok">
                      <SeverityShape severity="ok" />
                      {t("device.agrees")}
                    </span>
                  )}
                  <Button
                    variant="link"
                    size="sm"
                    isInline
                    onClick={() => setStating({ attribute: each.attribute, value: null })}
                  >
                    {t("device.takeBack")}
                  </Button>
                </div>
                <dl>
                  <div>
                    <dt>{t("device.observed")}</dt>
                    <dd className="wrap">
                      <Value>{observed}</Value>
                    </dd>
                  </div>
                  <div>
                    <dt>{t("device.asserted")}</dt>
                    <dd className="wrap">
                      <Value>{each.value}</Value>
                    </dd>
                  </div>
                </dl>
                <span className="quiet">
                  <Wire>{t("device.by", { name: each.by })}</Wire> · <When at={each.at} /> · <Wire>{each.why}</Wire>
                </span>
              </li>
            );
          })}
        </ul>
      )}
      {stating && (
        <StateDialog
          device={device}
          attribute={stating.attribute}
          takeBack={stating.value === null}
          close={() => setStating(null)}
        />
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
              {value}
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
