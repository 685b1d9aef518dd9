import { Checkbox } from "@patternfly/react-core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { planWindow } from "../../api/admin";
import { useWords } from "../../design/words";
import { ActDialog, TextField, WhyField } from "./dialog";
import { FilterField, localTime, zoneName } from "./parts";

/** What people plan to change; a window without any of them expects everything. */
const WHAT = ["firmware_version", "software_version", "os_version", "hostname", "ips", "device"];
const HOUR = 3_600_000;

export function PlanWindow({ close }: { close: () => void }) {
  const { t, i18n } = useTranslation();
  const word = useWords();
  const [name, setName] = useState("");
  const [filter, setFilter] = useState("");
  const [from, setFrom] = useState(() => localTime(Date.now()));
  const [to, setTo] = useState(() => localTime(Date.now() + 4 * HOUR));
  const [what, setWhat] = useState<string[]>([]);
  const [why, setWhy] = useState("");
  const ordered = from !== "" && to > from;
  const body = () => ({
    name: name.trim(),
    filter: filter.trim(),
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    what,
    why: why.trim(),
  });
  return (
    <ActDialog
      id="window-plan"
      title={t("windows.plan")}
      text={t("windows.planText")}
      label={t("windows.planDo")}
      ready={name.trim() !== "" && ordered && why.trim() !== ""}
      act={(key) => planWindow(body(), key)}
      places={{
        "/name": t("act.name"),
        "/filter": t("act.filter"),
        "/from": t("windows.from"),
        "/to": t("windows.to"),
        "/what": t("windows.what"),
      }}
      close={close}
    >
      <TextField
        id="window-name"
        label={t("act.name")}
        value={name}
        set={setName}
        example={t("windows.example")}
        first
      />
      <FilterField id="window-filter" value={filter} set={setFilter} />
      <div className="side-by-side">
        <TextField
          id="window-from"
          type="datetime-local"
          label={t("windows.from")}
          hint={t("act.zone", { zone: zoneName(i18n.language) })}
          value={from}
          set={setFrom}
        />
        <TextField
          id="window-to"
          type="datetime-local"
          label={t("windows.to")}
          hint={ordered ? undefined : t("windows.order")}
          value={to}
          set={setTo}
        />
      </div>
      <fieldset className="choice choice-row">
        <legend>{t("windows.what")}</legend>
        {WHAT.map((each) => (
          <Checkbox
            key={each}
            id={`what-${each}`}
            label={word("attribute", each)}
            isChecked={what.includes(each)}
            onChange={(_, on) => setWhat(on ? [...what, each] : what.filter((other) => other !== each))}
          />
        ))}
        <small className="quiet">{t("windows.whatHint")}</small>
      </fieldset>
      <WhyField id="window-why" value={why} set={setWhy} />
    </ActDialog>
  );
}
