// The inventory as one list. The address carries filters, sort and columns; the hub filters and sorts.
import { Button } from "@patternfly/react-core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemError } from "../../api/client";
import { devicesQuery } from "../../api/queries";
import { PHONE, useMedia } from "../../app/media";
import { Empty, Problem, Skeleton } from "../../design/parts";
import { BulkBar } from "./bulk";
import { Cards } from "./cards";
import { Facets } from "./facets";
import { type Column, type DevicesSearch, filterCount, filterOf, USUAL, USUAL_SORT } from "./search";
import { useSelection } from "./selection";
import { DeviceTable } from "./table";
import { Toolbar } from "./toolbar";

export function Devices() {
  const { t } = useTranslation();
  const search = useSearch({ from: "/devices" });
  const navigate = useNavigate({ from: "/devices" });
  const phone = useMedia(PHONE);
  const [facets, setFacets] = useState(false);
  const filter = useMemo(() => filterOf(search), [search]);
  const sort = search.sort ?? USUAL_SORT;
  const columns: Column[] = search.cols ?? USUAL;
  const list = useInfiniteQuery(devicesQuery(filter, sort));
  const devices = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const labels = useMemo(() => [...new Set(devices.flatMap((each) => each.labels))].sort(), [devices]);
  const total = list.data?.pages[0]?.total ?? 0;
  const selection = useSelection(devices);
  const change = useCallback(
    (next: Partial<DevicesSearch>) => navigate({ search: (before) => ({ ...before, ...next }), replace: true }),
    [navigate],
  );
  const more = useCallback(() => {
    if (list.hasNextPage && !list.isFetchingNextPage) list.fetchNextPage();
  }, [list]);
  const shown = { devices, total, selection, more, loading: list.isFetchingNextPage };
  return (
    <div className="devices">
      <Facets search={search} change={change} open={facets} close={() => setFacets(false)} labels={labels} />
      <div className="devices-main">
        <Toolbar
          search={search}
          change={change}
          total={list.data ? total : null}
          columns={columns}
          filter={filter}
          sort={sort}
          openFacets={() => setFacets(true)}
          selection={selection}
          loaded={devices}
          error={list.error}
        />
        {list.isPending ? (
          <Skeleton lines={14} />
        ) : isRefused(list.error) ? (
          <Empty icon="filter" title={t("devices.refused")} />
        ) : list.isError && devices.length === 0 ? (
          <Problem error={list.error} retry={() => list.refetch()} />
        ) : devices.length === 0 ? (
          <Empty icon="devices" title={t("devices.empty")}>
            <p>{t("devices.emptyText")}</p>
            {filterCount(search) > 0 && (
              <Button variant="secondary" size="sm" onClick={() => navigate({ search: {} })}>
                {t("devices.clearAll")}
              </Button>
            )}
          </Empty>
        ) : phone ? (
          <Cards {...shown} />
        ) : (
          <DeviceTable
            {...shown}
            columns={columns}
            sort={sort}
            sortBy={(next) => change({ sort: next === USUAL_SORT ? undefined : next })}
          />
        )}
        <BulkBar selection={selection} />
      </div>
    </div>
  );
}

/** Whether the hub did not understand the filter; the toolbar says where. */
const isRefused = (error: Error | null) =>
  error instanceof ProblemError && error.errors.some((each) => each.pointer === "/filter");
