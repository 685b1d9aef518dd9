// A table of any length: only the rows in sight are in the page, and it still is a table to a screen reader.
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { DeviceRow } from "../../api/client";
import { Icon } from "../../design/icon";
import { ScrollBox } from "../../design/parts";
import { Cell, WIDTHS } from "./columns";
import { type Column, SORTS } from "./search";
import type { Selection } from "./selection";
import { nameOf, textOf } from "./text";

const ROW = 46;
// Columns whose text may be cut off: it is whole in a tooltip.
const WITH_TITLE: Column[] = ["product", "serial", "os", "location", "macs", "ips"];

interface Props {
  devices: DeviceRow[];
  total: number;
  columns: Column[];
  sort: string;
  sortBy: (sort: string) => void;
  selection: Selection;
  more: () => void;
  loading: boolean;
}

export function DeviceTable({ devices, total, columns, sort, sortBy, selection, more }: Props) {
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: devices.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
    getItemKey: (index) => devices[index]?.id ?? index,
  });
  const rows = virtual.getVirtualItems();
  const last = rows.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= devices.length - 20) more();
  }, [last, devices.length, more]);
  const before = rows[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (rows.at(-1)?.end ?? 0);
  const width = columns.reduce((sum, each) => sum + WIDTHS[each], 40);
  return (
    <ScrollBox className="table-box" label={t("devices.table")} ref={scroller}>
      <table className="table table-devices" aria-rowcount={total + 1} style={{ minWidth: width }}>
        <caption className="sr">{t("devices.count", { count: total })}</caption>
        <colgroup>
          <col style={{ width: 40 }} />
          {columns.map((each) => (
            <col key={each} style={{ width: WIDTHS[each] }} />
          ))}
        </colgroup>
        <Head columns={columns} sort={sort} sortBy={sortBy} />
        <tbody>
          {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: a row that only keeps room cannot be focused */}
          {before > 0 && <tr aria-hidden="true" style={{ height: before }} />}
          {rows.map((row) => {
            const device = devices[row.index];
            return (
              device && (
                <Row key={device.id} device={device} place={row.index} columns={columns} selection={selection} />
              )
            );
          })}
          {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: a row that only keeps room cannot be focused */}
          {after > 0 && <tr aria-hidden="true" style={{ height: after }} />}
        </tbody>
      </table>
    </ScrollBox>
  );
}

function Head({ columns, sort, sortBy }: { columns: Column[]; sort: string; sortBy: (sort: string) => void }) {
  const { t } = useTranslation();
  return (
    <thead>
      <tr aria-rowindex={1}>
        <td />
        {columns.map((each) => {
          const by = SORTS[each];
          if (by === undefined) {
            return (
              <th key={each} scope="col">
                <span className="clip">{t(`devices.column.${each}`)}</span>
              </th>
            );
          }
          const up = sort === by;
          const down = sort === `-${by}`;
          return (
            <th key={each} scope="col" aria-sort={up ? "ascending" : down ? "descending" : undefined}>
              <button
                type="button"
                className={up || down ? "sort sort-on" : "sort"}
                onClick={() => sortBy(up ? `-${by}` : by)}
              >
                <span className="clip">{t(`devices.column.${each}`)}</span>
                {(up || down) && <Icon name={up ? "up" : "down"} size={13} />}
              </button>
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

function Row({
  device,
  place,
  columns,
  selection,
}: {
  device: DeviceRow;
  place: number;
  columns: Column[];
  selection: Selection;
}) {
  const { t } = useTranslation();
  const on = selection.chosen.has(device.id);
  return (
    <tr aria-rowindex={place + 2} className={on ? "on" : undefined} style={{ height: ROW }}>
      <td className="pick">
        <Pick
          device={device}
          selection={selection}
          label={t("devices.select", { name: nameOf(device) ?? t("device.unnamed") })}
        />
      </td>
      {columns.map((each, index) =>
        index === 0 ? (
          <th key={each} scope="row">
            <Cell device={device} column={each} />
          </th>
        ) : (
          <td key={each} title={WITH_TITLE.includes(each) ? textOf(device, each) : undefined}>
            <Cell device={device} column={each} />
          </td>
        ),
      )}
    </tr>
  );
}

export function Pick({ device, selection, label }: { device: DeviceRow; selection: Selection; label: string }) {
  const shift = useRef(false);
  return (
    <label className="pick-box">
      <input
        type="checkbox"
        aria-label={label}
        checked={selection.chosen.has(device.id)}
        onClick={(event) => {
          shift.current = event.shiftKey;
        }}
        onChange={() => selection.toggle(device, shift.current)}
      />
    </label>
  );
}
