// Merges and splits of a device, and the way back from each.
import { Button } from "@patternfly/react-core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Adjustment, adjustmentsQuery, undoAdjustment } from "../../api/acts";
import { deviceQuery } from "../../api/queries";
import { ActDialog } from "../../design/act";
import { Problem, Section, When } from "../../design/parts";
import { Wire } from "../../design/wire";
import { nameOf } from "../devices/text";

export function Adjustments({ id }: { id: string }) {
  const { t } = useTranslation();
  const list = useInfiniteQuery(adjustmentsQuery(id));
  const [undoing, setUndoing] = useState<Adjustment | null>(null);
  const all = list.data?.pages.flatMap((page) => page.items) ?? [];
  if (list.isError) return <Problem error={list.error} retry={() => list.refetch()} />;
  if (all.length === 0) return null;
  return (
    <Section id="adjustments" title={t("adjust.title")} hint={t("adjust.hint")} className="card-flush">
      <ul className="adjustments">
        {all.map((each) => (
          <li key={each.id} className={each.undone ? "undone" : undefined}>
            <div>
              <span>
                <What adjustment={each} here={id} />
              </span>
              <span className="quiet">
                <Wire>{t("device.by", { name: each.by })}</Wire> · <When at={each.at} /> · <Wire>{each.why}</Wire>
              </span>
              {each.undone && (
                <span className="quiet">
                  {t("adjust.undone")} <Wire>{t("device.by", { name: each.undone.by })}</Wire> ·{" "}
                  <When at={each.undone.at} /> · <Wire>{each.undone.why}</Wire>
                </span>
              )}
            </div>
            {!each.undone && (
              <Button variant="secondary" size="sm" onClick={() => setUndoing(each)}>
                {t("adjust.undo")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {list.hasNextPage && (
        <Button variant="link" isLoading={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
          {t("state.more")}
        </Button>
      )}
      {undoing && <UndoDialog adjustment={undoing} close={() => setUndoing(null)} />}
    </Section>
  );
}

/** What was said, seen from one of the two. */
function What({ adjustment, here }: { adjustment: Adjustment; here: string }) {
  const { t } = useTranslation();
  const { kind, device, part, anchor } = adjustment;
  const other = here === device ? part : device;
  const link = <DeviceLink id={other} />;
  if (kind === "merge")
    return (
      <>
        <b>{t("adjust.merge")}</b> {t(here === device ? "adjust.mergeHere" : "adjust.mergeThere")} {link}
      </>
    );
  return (
    <>
      <b>{t("adjust.split")}</b> <Wire className="mono">{anchor ?? ""}</Wire>{" "}
      {t(here === device ? "adjust.splitHere" : "adjust.splitThere")} {link}
    </>
  );
}

/** A device by its name, as soon as it is known. */
export function DeviceLink({ id }: { id: string }) {
  const device = useQuery({ ...deviceQuery(id), retry: false });
  const name = device.data ? nameOf(device.data) : null;
  return (
    <Link to="/devices/$id" params={{ id }} search={{ tab: "timeline" }}>
      <Wire>{name ?? `…${id.slice(-8)}`}</Wire>
    </Link>
  );
}

function UndoDialog({ adjustment, close }: { adjustment: Adjustment; close: () => void }) {
  const { t } = useTranslation();
  return (
    <ActDialog
      id="undo"
      title={t(adjustment.kind === "merge" ? "adjust.undoMerge" : "adjust.undoSplit")}
      text={t(adjustment.kind === "merge" ? "adjust.undoMergeText" : "adjust.undoSplitText")}
      submit={t("adjust.undo")}
      hint={`${t("bulk.whyHint")} ${t("bulk.network")}`}
      close={close}
      run={async (why, key) => {
        await undoAdjustment(adjustment.id, why, key);
      }}
    />
  );
}
