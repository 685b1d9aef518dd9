// What several pages of Admin show alike.
import { Button } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useDeferredValue } from "react";
import { useTranslation } from "react-i18next";
import { previewQuery } from "../../api/admin";
import { ProblemError } from "../../api/client";
import { absolute } from "../../design/format";
import { Icon } from "../../design/icon";
import { Problem, SeverityShape, Skeleton } from "../../design/parts";
import { Said } from "../../design/said";
import { Wire } from "../../design/wire";
import { TextField } from "./dialog";

interface Asked {
  isPending: boolean;
  isError: boolean;
  error: unknown;
  refetch: () => unknown;
}

/** What is on its way, or why it does not come; otherwise the children. */
export function Loaded({ of, children }: { of: Asked; children: () => ReactNode }) {
  if (of.isPending) return <Skeleton />;
  if (of.isError) return <Problem error={of.error} retry={() => of.refetch()} />;
  return children();
}

export function More({
  of,
}: {
  of: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };
}) {
  const { t } = useTranslation();
  if (!of.hasNextPage) return null;
  return (
    <Button variant="secondary" className="more" isLoading={of.isFetchingNextPage} onClick={() => of.fetchNextPage()}>
      {t("state.more")}
    </Button>
  );
}

/** Which devices: a filter, and how many pass it now. */
export function FilterField({ id, value, set }: { id: string; value: string; set: (value: string) => void }) {
  const { t } = useTranslation();
  const asked = useDeferredValue(value.trim());
  const found = useQuery(previewQuery(asked));
  const wrong = found.error instanceof ProblemError && found.error.status === 400 ? found.error.message : null;
  const names = found.data?.items.map((each) => each.name ?? each.ips[0] ?? each.macs[0] ?? each.id) ?? [];
  return (
    <div className="filter-field">
      <TextField
        id={id}
        label={t("act.filter")}
        hint={t("act.filterHint")}
        value={value}
        set={set}
        max={2000}
        example={'type=infusion_pump and location~"ICU"'}
      />
      <p className={wrong ? "filter-wrong" : "quiet"} role="status">
        {wrong ? (
          <>
            <SeverityShape severity="high" /> <Said>{wrong}</Said>
          </>
        ) : found.data ? (
          <>
            {t("act.passes", { count: found.data.total })}
            {names.length > 0 && (
              <>
                : <Wire>{names.join(", ")}</Wire>
                {found.data.total > names.length && ", …"}
              </>
            )}
          </>
        ) : null}
      </p>
    </div>
  );
}

/** A filter as it was given, or that it was none. */
export function FilterText({ of }: { of: string }) {
  const { t } = useTranslation();
  if (of.trim() === "") return <span>{t("act.allDevices")}</span>;
  return <Wire className="mono filter-text">{of}</Wire>;
}

/** From and to, with the zone once. */
export function Span({ from, to }: { from: string; to: string }) {
  const { i18n } = useTranslation();
  const format = new Intl.DateTimeFormat(i18n.language, {
    dateStyle: "medium",
    timeStyle: "short",
  });
  const [begin, end] = [Date.parse(from), Date.parse(to)];
  return (
    <span title={`${absolute(begin, i18n.language)} – ${absolute(end, i18n.language)}`}>
      {format.formatRange(begin, end)} <span className="quiet">{zoneName(i18n.language)}</span>
    </span>
  );
}

/** The zone that times are typed and shown in. */
export function zoneName(language: string): string {
  const parts = new Intl.DateTimeFormat(language, { timeZoneName: "short" }).formatToParts(Date.now());
  return parts.find((each) => each.type === "timeZoneName")?.value ?? "UTC";
}

/** What a field of local time holds for a moment. */
export function localTime(at: number): string {
  const shifted = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

export const iconed = (name: "plus" | "check" | "edit" | "close" | "download", size = 15) => (
  <Icon name={name} size={size} />
);
