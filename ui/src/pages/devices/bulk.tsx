// One act on many devices: what, how many, why, and what came of it.

import { Alert, Button, Modal, ModalBody, ModalFooter, ModalHeader, TextInput } from "@patternfly/react-core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { DeviceRow, Lifecycle } from "../../api/client";
import { ProblemError } from "../../api/client";
import { forgetDevices, freshKey, setLifecycle } from "../../api/queries";
import { Icon } from "../../design/icon";
import { ClassLabel, Field } from "../../design/parts";
import { Wire } from "../../design/wire";
import { useWords } from "../../design/words";
import { BulkLabelDialog } from "./label";
import { MergeDialog } from "./merge";
import type { Selection } from "./selection";
import { nameOf } from "./text";

export const STEPS: Lifecycle[] = ["approved", "in_service", "out_of_service", "retired"];

export function BulkBar({ selection }: { selection: Selection }) {
  const { t } = useTranslation();
  const word = useWords();
  const [act, setAct] = useState<Lifecycle | null>(null);
  const [open, setOpen] = useState<"label" | "merge" | null>(null);
  const chosen = [...selection.chosen.values()];
  const clear = () => selection.set([]);
  if (chosen.length === 0) return null;
  return (
    <section className="bulk" aria-label={t("devices.selected", { count: chosen.length })}>
      <strong>{t("devices.selected", { count: chosen.length })}</strong>
      <Button size="sm" onClick={() => setAct("approved")} icon={<Icon name="check" size={15} />}>
        {word("lifecycleAct", "approved")}
      </Button>
      {STEPS.slice(1).map((each) => (
        <Button key={each} size="sm" variant="secondary" onClick={() => setAct(each)}>
          {word("lifecycleAct", each)}
        </Button>
      ))}
      <Button size="sm" variant="secondary" onClick={() => setOpen("label")}>
        {t("labels.bulk")}
      </Button>
      {chosen.length > 1 && (
        <Button size="sm" variant="secondary" onClick={() => setOpen("merge")}>
          {t("merge.open")}
        </Button>
      )}
      <Button size="sm" variant="link" onClick={clear}>
        {t("state.clear")}
      </Button>
      {act && <LifecycleDialog devices={chosen} to={act} close={() => setAct(null)} done={clear} />}
      {open === "label" && <BulkLabelDialog devices={chosen} close={() => setOpen(null)} done={clear} />}
      {open === "merge" && <MergeDialog devices={chosen} close={() => setOpen(null)} done={clear} />}
    </section>
  );
}

interface DialogProps {
  devices: DeviceRow[];
  to: Lifecycle;
  close: () => void;
  done?: () => void;
}

export function LifecycleDialog({ devices, to, close, done }: DialogProps) {
  const { t } = useTranslation();
  const word = useWords();
  const [why, setWhy] = useState("");
  const [key, setKey] = useState(freshKey);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [result, setResult] = useState<{ done: string[]; refused: { id: string; reason: string }[] } | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      const answer = await setLifecycle(
        devices.map((each) => each.id),
        to,
        why.trim(),
        key,
      );
      forgetDevices();
      setResult(answer);
    } catch (error) {
      // What the hub refused was not done: the next try is another act. Without an answer it may have been done: the same.
      if (error instanceof ProblemError && error.status >= 400 && error.status < 500) setKey(freshKey());
      setProblem(
        error instanceof ProblemError && error.status === 0 ? t("state.unreachable") : (error as Error).message,
      );
    } finally {
      setBusy(false);
    }
  };
  const finish = () => {
    close();
    if (result) done?.();
  };
  return (
    <Modal isOpen variant="small" aria-labelledby="act-title" onClose={finish}>
      <ModalHeader
        title={t("bulk.title", { act: word("lifecycleAct", to), count: devices.length })}
        labelId="act-title"
      />
      <ModalBody>
        {result ? (
          <Result result={result} devices={devices} />
        ) : (
          <form id="act-form" onSubmit={submit} className="stack">
            <Chosen devices={devices} to={to} />
            <Field label={t("bulk.why")} id="act-why" hint={`${t("bulk.whyHint")} ${t("bulk.network")}`}>
              <TextInput
                value={why}
                onChange={(_, value) => setWhy(value)}
                id="act-why"
                placeholder={t("bulk.whyExample")}
                autoFocus
                isRequired
                maxLength={500}
              />
            </Field>
            {problem && <Alert isInline variant="danger" title={problem} component="p" />}
          </form>
        )}
      </ModalBody>
      <ModalFooter>
        {result ? (
          <Button onClick={finish}>{t("state.close")}</Button>
        ) : (
          <>
            <Button type="submit" form="act-form" isDisabled={!why.trim() || busy} isLoading={busy}>
              {word("lifecycleAct", to)}
            </Button>
            <Button variant="link" onClick={close}>
              {t("state.cancel")}
            </Button>
          </>
        )}
      </ModalFooter>
    </Modal>
  );
}

function Chosen({ devices, to }: { devices: DeviceRow[]; to: Lifecycle }) {
  const { t } = useTranslation();
  const unknown = devices.filter((each) => each.clinical_class === "unknown").length;
  return (
    <>
      <ul className="chosen">
        {devices.slice(0, 6).map((each) => (
          <li key={each.id}>
            <span className="clip">
              <Wire>{nameOf(each) ?? t("device.unnamed")}</Wire>
            </span>
            <ClassLabel of={each.clinical_class} plain />
          </li>
        ))}
        {devices.length > 6 && <li className="quiet">{t("bulk.more", { count: devices.length - 6 })}</li>}
      </ul>
      {to === "approved" && unknown > 0 && (
        <Alert isInline variant="warning" title={t("bulk.unknown", { count: unknown })} component="p" />
      )}
    </>
  );
}

function Result({
  result,
  devices,
}: {
  result: { done: string[]; refused: { id: string; reason: string }[] };
  devices: DeviceRow[];
}) {
  const { t } = useTranslation();
  const name = (id: string) => {
    const device = devices.find((each) => each.id === id);
    return (device && nameOf(device)) ?? id;
  };
  return (
    <div className="stack" role="status">
      {result.done.length > 0 && (
        <Alert isInline variant="success" title={t("bulk.done", { count: result.done.length })} component="p" />
      )}
      {result.refused.length > 0 && (
        <Alert isInline variant="warning" title={t("bulk.refused", { count: result.refused.length })} component="p">
          <ul className="refused">
            {result.refused.map((each) => (
              <li key={each.id}>
                <Wire>{name(each.id)}</Wire>: <Wire>{each.reason}</Wire>
              </li>
            ))}
          </ul>
        </Alert>
      )}
    </div>
  );
}
