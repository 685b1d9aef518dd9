import { Button } from "@patternfly/react-core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Change } from "../../api/client";
import { changesQuery } from "../../api/queries";
import { Empty, Problem, Skeleton } from "../../design/parts";
import { ChangeList } from "./list";

export function ChangesPage() {
  const { t } = useTranslation();
  const changes = useInfiniteQuery(changesQuery());
  return (
    <>
      <header className="head">
        <h1>{t("changes.title")}</h1>
        <p className="quiet">{t("changes.intro")}</p>
      </header>
      {changes.isPending ? (
        <Skeleton lines={12} />
      ) : changes.isError ? (
        <Problem error={changes.error} retry={() => changes.refetch()} />
      ) : (
        <Days changes={changes.data.pages.flatMap((page) => page.items)} withDevice />
      )}
      {changes.hasNextPage && (
        <Button
          variant="secondary"
          className="more"
          isLoading={changes.isFetchingNextPage}
          onClick={() => changes.fetchNextPage()}
        >
          {t("state.more")}
        </Button>
      )}
    </>
  );
}

/** Changes under the day on which they were made. */
export function Days({ changes, withDevice }: { changes: Change[]; withDevice?: boolean }) {
  const { t, i18n } = useTranslation();
  if (changes.length === 0) return <Empty icon="changes" title={t("changes.none")} />;
  const format = new Intl.DateTimeFormat(i18n.language, {
    weekday: "long",
    day: "numeric",
    month: "long",
    year: "numeric",
  });
  const days = new Map<string, Change[]>();
  for (const each of changes) {
    const day = format.format(Date.parse(each.at));
    days.set(day, [...(days.get(day) ?? []), each]);
  }
  return (
    <div className="days">
      {[...days].map(([day, list]) => (
        <section key={day} className="card card-flush" aria-label={day}>
          <h2 className="day">{day}</h2>
          <ChangeList changes={list} withDevice={withDevice} full />
        </section>
      ))}
    </div>
  );
}
