// Which devices are chosen for an act on many. Kept as rows, so that the act can say what it is about.
import { useCallback, useMemo, useRef, useState } from "react";
import type { DeviceRow } from "../../api/client";

export interface Selection {
  chosen: ReadonlyMap<string, DeviceRow>;
  toggle: (device: DeviceRow, range: boolean) => void;
  set: (devices: DeviceRow[]) => void;
}

/** A click chooses one; with shift, all from the last one to it. */
export function useSelection(listed: DeviceRow[]): Selection {
  const [chosen, setChosen] = useState<ReadonlyMap<string, DeviceRow>>(new Map());
  const last = useRef<string | null>(null);
  const toggle = useCallback(
    (device: DeviceRow, range: boolean) => {
      const from = range && last.current ? listed.findIndex((each) => each.id === last.current) : -1;
      const to = listed.findIndex((each) => each.id === device.id);
      last.current = device.id;
      setChosen((before) => {
        const next = new Map(before);
        if (from >= 0 && to >= 0)
          for (const each of listed.slice(Math.min(from, to), Math.max(from, to) + 1)) next.set(each.id, each);
        else if (!next.delete(device.id)) next.set(device.id, device);
        return next;
      });
    },
    [listed],
  );
  const set = useCallback((devices: DeviceRow[]) => setChosen(new Map(devices.map((each) => [each.id, each]))), []);
  return useMemo(() => ({ chosen, toggle, set }), [chosen, toggle, set]);
}
