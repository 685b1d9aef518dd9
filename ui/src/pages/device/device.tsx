// One device: who it is, what happens if it is cut off, and five ways to look at it.

import { useQuery } from "@tanstack/react-query";
import { Link, useParams, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { deviceQuery } from "../../api/queries";
import { DEVICE_TABS } from "../../app/router";
import { Icon } from "../../design/icon";
import { Problem, Skeleton } from "../../design/parts";
import { Wire } from "../../design/wire";
import { nameOf } from "../devices/text";
import { Conversations } from "./conversations";
import { EvidenceTab } from "./evidence";
import { DeviceHeader } from "./header";
import { Raw } from "./raw";
import { SummaryTab } from "./summary";
import { Timeline } from "./timeline";

export function DevicePage() {
  const { t } = useTranslation();
  const { id } = useParams({ from: "/devices/$id" });
  const { tab = "summary", open } = useSearch({ from: "/devices/$id" });
  const device = useQuery(deviceQuery(id));
  return (
    <>
      <nav className="crumb" aria-label={t("device.crumb")}>
        <Link to="/devices">{t("device.crumb")}</Link>
        {device.data && (
          <>
            <Icon name="right" size={13} />
            <span className="clip" aria-current="page">
              <Wire>{nameOf(device.data) ?? t("device.unnamed")}</Wire>
            </span>
          </>
        )}
      </nav>
      {device.isPending ? (
        <Skeleton lines={12} />
      ) : !device.data ? (
        <>
          <h1 className="sr">{t("device.crumb")}</h1>
          <Problem error={device.error} retry={() => device.refetch()} />
        </>
      ) : (
        <>
          <DeviceHeader device={device.data} />
          <nav className="tabs" aria-label={t("device.tabsLabel")}>
            {DEVICE_TABS.map((each) => (
              <Link
                key={each}
                to="/devices/$id"
                params={{ id }}
                search={each === "summary" ? {} : { tab: each }}
                activeOptions={{ exact: true, includeSearch: true }}
                resetScroll={false}
                replace
              >
                {t(`device.tabs.${each}`)}
              </Link>
            ))}
          </nav>
          {tab === "summary" && <SummaryTab device={device.data} />}
          {tab === "conversations" && <Conversations device={device.data} />}
          {tab === "timeline" && <Timeline id={id} />}
          {tab === "evidence" && <EvidenceTab key={open} device={device.data} open={open} />}
          {tab === "raw" && <Raw device={device.data} />}
        </>
      )}
    </>
  );
}
