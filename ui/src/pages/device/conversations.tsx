import { Button } from "@patternfly/react-core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Conversation, Device } from "../../api/client";
import { conversationsQuery } from "../../api/queries";
import { bytes, number } from "../../design/format";
import { Icon } from "../../design/icon";
import { Empty, Problem, ScrollBox, Section, Skeleton, Unknown, WeaknessCount, When } from "../../design/parts";
import { Wire } from "../../design/wire";
import { Neighbours, ProtectionMark } from "./neighbours";
import { protectionOf } from "./peers";

export function Conversations({ device }: { device: Device }) {
  const { t } = useTranslation();
  const talks = useInfiniteQuery(conversationsQuery(device.id));
  const [onlyClear, setOnlyClear] = useState(false);
  if (talks.isPending) return <Skeleton lines={8} />;
  if (talks.isError) return <Problem error={talks.error} retry={() => talks.refetch()} />;
  const all = talks.data.pages.flatMap((page) => page.items);
  if (all.length === 0) return <Empty icon="map" title={t("device.noPeers")} />;
  const shown = onlyClear ? all.filter((each) => each.cleartext_clinical) : all;
  return (
    <div className="stack-wide">
      <Section id="near" title={t("device.peers")}>
        <Neighbours conversations={all} most={8} />
      </Section>
      <Section
        id="talks"
        title={t("device.tabs.conversations")}
        hint={t("talk.total", { count: shown.length })}
        className="card-flush"
        action={
          <label className="inline-check">
            <input type="checkbox" checked={onlyClear} onChange={(event) => setOnlyClear(event.target.checked)} />{" "}
            {t("talk.onlyClear")}
          </label>
        }
      >
        <Table conversations={shown} />
        {talks.hasNextPage && (
          <Button
            variant="secondary"
            className="more"
            isLoading={talks.isFetchingNextPage}
            onClick={() => talks.fetchNextPage()}
          >
            {t("state.more")}
          </Button>
        )}
      </Section>
    </div>
  );
}

function Table({ conversations }: { conversations: Conversation[] }) {
  const { t, i18n } = useTranslation();
  return (
    <ScrollBox className="scroll-x" label={t("device.tabs.conversations")}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t("talk.peer")}</th>
            <th scope="col">{t("talk.service")}</th>
            <th scope="col">{t("talk.protection")}</th>
            <th scope="col" className="num">
              {t("talk.flows")}
            </th>
            <th scope="col" className="num">
              {t("talk.bytes")}
            </th>
            <th scope="col">{t("devices.column.weaknesses")}</th>
            <th scope="col">{t("talk.last")}</th>
          </tr>
        </thead>
        <tbody>
          {conversations.map((each) => (
            <tr
              key={`${each.peer.device ?? each.peer.ip ?? each.peer.mac} ${each.direction} ${each.transport} ${each.port} ${each.protocol}`}
            >
              <th scope="row">
                <span className="two">
                  <span className="clip-w">
                    {each.peer.device ? (
                      <Link to="/devices/$id" params={{ id: each.peer.device }}>
                        <Wire>{each.peer.name ?? each.peer.ip ?? t("device.unnamed")}</Wire>
                      </Link>
                    ) : (
                      <Wire>{each.peer.name ?? each.peer.ip ?? each.peer.mac}</Wire>
                    )}
                  </span>
                  <span className="quiet">
                    <Icon name={each.direction} size={12} /> {t(`talk.${each.direction}`)} ·{" "}
                    <span className="mono">{each.peer.ip ?? each.peer.mac}</span>
                  </span>
                </span>
              </th>
              <td>
                <span className="two">
                  <span>{each.protocol ? <span className="mono">{each.protocol}</span> : <Unknown />}</span>
                  <span className="quiet mono">
                    {each.transport}/{each.port}
                  </span>
                </span>
              </td>
              <td>
                <span className="two">
                  <ProtectionMark of={protectionOf(each)} word />
                  {each.patient_data && <span className="quiet">{t("talk.patientData")}</span>}
                </span>
              </td>
              <td className="num">{number(each.flows, i18n.language)}</td>
              <td className="num">
                {bytes(each.bytes[0] ?? 0, i18n.language)} / {bytes(each.bytes[1] ?? 0, i18n.language)}
              </td>
              <td>
                <WeaknessCount weaknesses={each.weaknesses} />
              </td>
              <td>
                <When at={each.last_seen} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}
