// Two or more devices are one: side by side, which of them stays, and what becomes of the others.
import { Alert } from "@patternfly/react-core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { mergeDevices } from "../../api/acts";
import type { DeviceRow } from "../../api/client";
import { ActDialog, problemText, wasRefused } from "../../design/act";
import { ScrollBox, SeverityLabel } from "../../design/parts";
import { Wire } from "../../design/wire";
import { useWords } from "../../design/words";
import { type Compared, compare } from "./compare";
import { nameOf } from "./text";

/** More are not compared at a glance. */
export const MERGE_MAX = 5;

interface Outcome {
  stays: DeviceRow;
  done: DeviceRow[];
  refused: { device: DeviceRow; reason: string }[];
}

export function MergeDialog({ devices, close, done }: { devices: DeviceRow[]; close: () => void; done: () => void }) {
  const { t } = useTranslation();
  // The one that was known first is offered: its record is the longest.
  const [stays, setStays] = useState(
    () => [...devices].sort((a, b) => a.first_seen.localeCompare(b.first_seen))[0]?.id,
  );
  const [merged, setMerged] = useState<DeviceRow[]>([]);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const kept = devices.find((each) => each.id === stays);
  const run = async (why: string, key: string) => {
    if (!kept) return true;
    const already = [...merged];
    const refused: Outcome["refused"] = [];
    for (const device of devices) {
      if (device.id === kept.id || already.some((each) => each.id === device.id)) continue;
      try {
        await mergeDevices(kept.id, device.id, why, `${key}-${device.id.slice(-12)}`);
        already.push(device);
      } catch (error) {
        // What was done is not done again when this is tried once more.
        setMerged(already);
        if (!wasRefused(error)) throw error;
        refused.push({ device, reason: problemText(error, t) });
      }
    }
    if (already.length === 0 && refused[0]) throw new Error(refused[0].reason);
    setOutcome({ stays: kept, done: already, refused });
    return true;
  };
  return (
    <ActDialog
      id="merge"
      size="large"
      title={t("merge.title", { count: devices.length })}
      text={t("merge.text")}
      submit={t("merge.do")}
      ready={kept !== undefined && devices.length <= MERGE_MAX}
      hint={`${t("merge.undoHint")} ${t("bulk.network")}`}
      close={() => {
        close();
        if (outcome) done();
      }}
      run={run}
      result={outcome && <Result outcome={outcome} />}
    >
      {devices.length > MERGE_MAX ? (
        <Alert isInline variant="warning" title={t("merge.tooMany", { count: MERGE_MAX })} component="p" />
      ) : (
        <SideBySide devices={devices} stays={stays} choose={setStays} fixed={merged.length > 0} />
      )}
    </ActDialog>
  );
}

function SideBySide({
  devices,
  stays,
  choose,
  fixed,
}: {
  devices: DeviceRow[];
  stays: string | undefined;
  choose: (id: string) => void;
  fixed: boolean;
}) {
  const { t } = useTranslation();
  const rows = compare(devices);
  const odds = rows.filter((each) => each.how === "odds");
  return (
    <>
      <ScrollBox className="merge-box" label={t("merge.compared")}>
        <table className="table table-plain merge">
          <thead>
            <tr>
              <th scope="col">{t("merge.stays")}</th>
              {devices.map((each) => (
                <th key={each.id} scope="col" className={each.id === stays ? "merge-stays" : undefined}>
                  <label>
                    <input
                      type="radio"
                      name="merge-stays"
                      checked={each.id === stays}
                      disabled={fixed}
                      onChange={() => choose(each.id)}
                    />
                    <span className="wrap">
                      <Wire>{nameOf(each) ?? t("device.unnamed")}</Wire>
                    </span>
                  </label>
                  <span className="quiet">{t(each.id === stays ? "merge.kept" : "merge.hidden")}</span>
                </th>
              ))}
              <th scope="col">{t("merge.compared")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row key={row.name} row={row} devices={devices} stays={stays} />
            ))}
          </tbody>
        </table>
      </ScrollBox>
      {odds.some((each) => each.name === "clinical_class") && (
        <Alert isInline variant="warning" title={t("merge.classes")} component="p" />
      )}
      {odds.some((each) => each.name === "serial") && (
        <Alert isInline variant="warning" title={t("merge.serials")} component="p" />
      )}
    </>
  );
}

const isList = (row: Compared) => row.how === "joined" || row.how === "own";

function Row({ row, devices, stays }: { row: Compared; devices: DeviceRow[]; stays: string | undefined }) {
  const { t } = useTranslation();
  const word = useWords();
  const show = (value: string) =>
    row.name === "clinical_class"
      ? word("class", value)
      : row.name === "device_type"
        ? word("type", value)
        : row.name === "lifecycle"
          ? word("lifecycle", value)
          : value;
  return (
    <tr className={row.how === "odds" ? "differs" : undefined}>
      <th scope="row">{word("attribute", row.name)}</th>
      {devices.map((each, place) => {
        const values = row.values[place] ?? [];
        return (
          <td key={each.id} className={each.id === stays ? "wrap merge-stays" : "wrap"}>
            {values.length === 0 ? (
              <span className={isList(row) ? "quiet" : "unknown"}>
                {t(isList(row) ? "state.none" : "state.unknown")}
              </span>
            ) : (
              values.map((value) => (
                <Wire key={value} className={row.how === "joined" ? "merge-value mono" : "merge-value"}>
                  {show(value)}
                </Wire>
              ))
            )}
          </td>
        );
      })}
      <td>
        {row.how === "odds" ? (
          <SeverityLabel severity="medium">{t("merge.how.odds")}</SeverityLabel>
        ) : (
          <span className="quiet">{t(`merge.how.${row.how}`)}</span>
        )}
      </td>
    </tr>
  );
}

function Result({ outcome }: { outcome: Outcome }) {
  const { t } = useTranslation();
  return (
    <div className="stack" role="status">
      <Alert isInline variant="success" title={t("merge.done", { count: outcome.done.length })} component="p">
        <p>
          <Link to="/devices/$id" params={{ id: outcome.stays.id }} search={{ tab: "timeline" }}>
            <Wire>{nameOf(outcome.stays) ?? t("device.unnamed")}</Wire>
          </Link>{" "}
          {t("merge.doneText")}
        </p>
      </Alert>
      {outcome.refused.length > 0 && (
        <Alert isInline variant="warning" title={t("bulk.refused", { count: outcome.refused.length })} component="p">
          <ul className="refused">
            {outcome.refused.map(({ device, reason }) => (
              <li key={device.id}>
                <Wire>{nameOf(device) ?? device.id}</Wire>: <Wire>{reason}</Wire>
              </li>
            ))}
          </ul>
        </Alert>
      )}
    </div>
  );
}
