// A person states what they know, or takes it back.
import { Alert, Button, FormSelect, FormSelectOption, Modal, ModalBody, ModalFooter, ModalHeader, TextInput } from "@patternfly/react-core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Device, ProblemError } from "../../api/client";
import { assertAttribute, forgetDevices } from "../../api/queries";
import { useWords } from "../../design/words";

const STATABLE = ["location", "owner", "manufacturer", "model", "serial", "device_type", "clinical_class", "udi"];

export function StateDialog({ device, attribute: first, takeBack, close }: { device: Device; attribute: string; takeBack: boolean; close: () => void }) {
  const { t } = useTranslation();
  const word = useWords();
  const [attribute, setAttribute] = useState(first);
  const [value, setValue] = useState("");
  const [why, setWhy] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const ready = why.trim() !== "" && (takeBack || value.trim() !== "");
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await assertAttribute(device.id, device.version, { [attribute]: takeBack ? null : value.trim() }, why.trim());
      forgetDevices();
      close();
    } catch (error) {
      // A device that changed meanwhile is fetched anew; what was typed stays.
      if (error instanceof ProblemError && error.status === 412) forgetDevices();
      setProblem(error instanceof ProblemError && error.status === 0 ? t("state.unreachable") : (error as Error).message);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal isOpen variant="small" aria-labelledby="state-title" onClose={close}>
      <ModalHeader title={takeBack ? t("device.takeBackTitle", { attribute: word("attribute", attribute) }) : t("device.stateTitle")} labelId="state-title" description={takeBack ? undefined : t("device.stateText")} />
      <ModalBody>
        <form id="state-form" onSubmit={submit} className="stack">
          {!takeBack && (
            <>
              <label className="field">
                <span>{t("device.attribute")}</span>
                <FormSelect value={attribute} onChange={(_, next) => setAttribute(next)} aria-label={t("device.attribute")}>
                  {STATABLE.map((each) => <FormSelectOption key={each} value={each} label={word("attribute", each)} />)}
                </FormSelect>
              </label>
              <label className="field"><span>{t("device.value")}</span><TextInput value={value} onChange={(_, next) => setValue(next)} aria-label={t("device.value")} autoFocus maxLength={200} /></label>
            </>
          )}
          <label className="field"><span>{t("bulk.why")}</span><TextInput value={why} onChange={(_, next) => setWhy(next)} aria-label={t("bulk.why")} maxLength={500} /><small className="quiet">{t("bulk.whyHint")}</small></label>
          {problem && <Alert isInline variant="danger" title={problem} component="p" />}
        </form>
      </ModalBody>
      <ModalFooter>
        <Button type="submit" form="state-form" isDisabled={!ready || busy} isLoading={busy}>{t(takeBack ? "device.takeBack" : "state.save")}</Button>
        <Button variant="link" onClick={close}>{t("state.cancel")}</Button>
      </ModalFooter>
    </Modal>
  );
}
