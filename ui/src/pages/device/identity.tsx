// What a device is: every attribute with its confidence and reasons; what is unknown stays in sight, and can be stated.
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Device } from "../../api/client";
import { Because, Confidence, Section, Unknown } from "../../design/parts";
import { Wire } from "../../design/wire";
import { useWords } from "../../design/words";
import { STATABLE, showValue } from "./attributes";
import { StateDialog } from "./state-dialog";
import { sourceText } from "./statements";

// What everybody asks first, so that a missing answer shows as unknown.
const ASKED = [
  "manufacturer",
  "model",
  "device_type",
  "serial",
  "firmware_version",
  "os",
  "hostname",
  "location",
  "udi",
];
const MONO = ["serial", "udi", "ae_title"];

export function IdentityCard({ device }: { device: Device }) {
  const { t } = useTranslation();
  const [stating, setStating] = useState<string | null>(null);
  const names = [...ASKED, ...Object.keys(device.attributes).filter((each) => !ASKED.includes(each))];
  return (
    <Section id="identity" title={t("device.identity")} hint={t("device.identityHint")} className="card-flush">
      <table className="table table-plain identity">
        <thead>
          <tr>
            <th scope="col">{t("device.attribute")}</th>
            <th scope="col">{t("device.value")}</th>
            <th scope="col">{t("device.confidence")}</th>
            <th scope="col">{t("device.because")}</th>
          </tr>
        </thead>
        <tbody>
          {names.map((name) => (
            <Rows key={name} device={device} name={name} state={() => setStating(name)} />
          ))}
        </tbody>
      </table>
      {stating && <StateDialog device={device} attribute={stating} takeBack={false} close={() => setStating(null)} />}
    </Section>
  );
}

interface RowProps {
  device: Device;
  state: () => void;
}

function Rows({ device, name, state }: RowProps & { name: string }) {
  const word = useWords();
  const values = device.attributes[name] ?? [];
  const title = word("attribute", name);
  if (values.length === 0)
    return (
      <tr>
        <th scope="row">{title}</th>
        <td>
          <Unknown />
          <Stated device={device} name={name} />
        </td>
        <td colSpan={2}>
          <StateLink name={name} device={device} state={state} />
        </td>
      </tr>
    );
  return values.map((each, place) => (
    <tr key={each.value}>
      <th scope="row">{place === 0 ? title : <span className="sr">{title}</span>}</th>
      <td className="wrap">
        <Wire className={MONO.includes(name) ? "mono" : undefined}>
          {name === "device_type" ? word("type", each.value) : each.value}
        </Wire>
        {place === 0 && <Stated device={device} name={name} />}
      </td>
      <td>
        <Confidence of={each.confidence} />
      </td>
      <td>
        <Because what={`${title}: ${each.value}`} evidence={each.evidence} device={device.id} />
      </td>
    </tr>
  ));
}

/** What was said, beside what was observed. */
function Stated({ device, name }: { device: Device; name: string }) {
  const { t } = useTranslation();
  const word = useWords();
  return device.asserted
    .filter((each) => each.attribute === name)
    .map((each) => (
      <span key={each.source} className="stated quiet">
        {t("device.asserted")}: <Wire>{showValue(word, name, each.value)}</Wire> (
        <Wire>{sourceText(each.source, t)}</Wire>)
      </span>
    ));
}

function StateLink({ device, name, state }: RowProps & { name: string }) {
  const { t } = useTranslation();
  const word = useWords();
  if (!STATABLE.includes(name) || device.asserted.some((each) => each.attribute === name)) return null;
  return (
    <button
      type="button"
      className="linklike"
      aria-label={`${t("device.state")}: ${word("attribute", name)}`}
      onClick={state}
    >
      {t("device.state")}
    </button>
  );
}
