// Labels: words that people put on devices, one by one or on many.
import { Alert, Radio, TextInput } from "@patternfly/react-core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { changeLabel, putLabels } from "../../api/acts";
import { type Device, type DeviceRow, ProblemError } from "../../api/client";
import { ActDialog, problemText } from "../../design/act";
import { Field } from "../../design/parts";
import { Wire } from "../../design/wire";
import { nameOf } from "./text";

/** Devices that are changed at the same time. */
const AT_ONCE = 4;

/** A label; opens the devices that have it. */
export function LabelLink({ label }: { label: string }) {
  return (
    <Link to="/devices" search={{ label: [label] }} className="label-chip" title={label}>
      <Wire>{label}</Wire>
    </Link>
  );
}

/** All labels of one device as words in a line. */
export function LabelsDialog({ device, close }: { device: Device; close: () => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState(device.labels.join(" "));
  const labels = text.split(/[\s,;]+/).filter(Boolean);
  return (
    <ActDialog
      id="labels"
      title={t("labels.title")}
      text={t("labels.text")}
      submit={t("state.save")}
      close={close}
      run={async (why) => {
        await putLabels(device.id, device.version, labels, why);
      }}
    >
      <Field label={t("labels.labels")} id="labels-words" hint={t("labels.hint")}>
        <TextInput id="labels-words" value={text} onChange={(_, next) => setText(next)} autoFocus maxLength={900} />
      </Field>
    </ActDialog>
  );
}

interface Outcome {
  done: number;
  refused: { device: DeviceRow; reason: string }[];
}

/** One label on many devices, or off them; each of them is said that could not be changed. */
export function BulkLabelDialog({
  devices,
  close,
  done,
}: {
  devices: DeviceRow[];
  close: () => void;
  done: () => void;
}) {
  const { t } = useTranslation();
  const [label, setLabel] = useState("");
  const [on, setOn] = useState(true);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const known = [...new Set(devices.flatMap((each) => each.labels))].sort();
  const run = async (why: string) => {
    const left = [...devices];
    const result: Outcome = { done: 0, refused: [] };
    const work = async () => {
      for (let device = left.shift(); device; device = left.shift())
        try {
          await changeLabel(device.id, label.trim(), on, why);
          result.done += 1;
        } catch (error) {
          // Without a session or a hub nothing more can be done; what was typed stays.
          if (error instanceof ProblemError && [0, 401, 403].includes(error.status)) throw error;
          result.refused.push({ device, reason: problemText(error, t) });
        }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    setOutcome(result);
    return true;
  };
  return (
    <ActDialog
      id="label"
      title={t("labels.bulkTitle", { count: devices.length })}
      submit={t(on ? "labels.add" : "labels.remove")}
      ready={label.trim() !== ""}
      close={() => {
        close();
        if (outcome) done();
      }}
      run={run}
      result={outcome && <Result outcome={outcome} />}
    >
      <Field label={t("labels.label")} id="label-word" hint={t("labels.hint")}>
        <TextInput
          id="label-word"
          value={label}
          onChange={(_, next) => setLabel(next)}
          autoFocus
          maxLength={40}
          list="label-known"
        />
        <datalist id="label-known">
          {known.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      </Field>
      <div className="choices">
        <Radio id="label-on" name="label-way" label={t("labels.putOn")} isChecked={on} onChange={() => setOn(true)} />
        <Radio
          id="label-off"
          name="label-way"
          label={t("labels.takeOff")}
          isChecked={!on}
          onChange={() => setOn(false)}
        />
      </div>
    </ActDialog>
  );
}

function Result({ outcome }: { outcome: Outcome }) {
  const { t } = useTranslation();
  return (
    <div className="stack" role="status">
      {outcome.done > 0 && (
        <Alert isInline variant="success" title={t("bulk.done", { count: outcome.done })} component="p" />
      )}
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
