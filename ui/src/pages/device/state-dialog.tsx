// A person states what they know, or takes it back.
import {
  Alert,
  Button,
  FormSelect,
  FormSelectOption,
  Modal,
  ModalBody,
  ModalFooter,
  ModalHeader,
  TextInput,
} from "@patternfly/react-core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Device, ProblemError } from "../../api/client";
import { assertAttribute, forgetDevices } from "../../api/queries";
import { Field } from "../../design/parts";
import { useWords } from "../../design/words";

const CLASSES = ["life_sustaining", "therapeutic", "monitoring_alarm", "diagnostic", "support", "non_clinical"];
export const STATABLE = [
  "location",
  "owner",
  "manufacturer",
  "model",
  "serial",
  "device_type",
  "clinical_class",
  "udi",
];

export function StateDialog({
  device,
  attribute: first,
  takeBack,
  close,
}: {
  device: Device;
  attribute: string;
  takeBack: boolean;
  close: () => void;
}) {
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
      setProblem(
        error instanceof ProblemError && error.status === 0 ? t("state.unreachable") : (error as Error).message,
      );
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal isOpen variant="small" aria-labelledby="state-title" onClose={close}>
      <ModalHeader
        title={
          takeBack ? t("device.takeBackTitle", { attribute: word("attribute", attribute) }) : t("device.stateTitle")
        }
        labelId="state-title"
        description={takeBack ? undefined : t("device.stateText")}
      />
      <ModalBody>
        <form id="state-form" onSubmit={submit} className="stack">
          {!takeBack && (
            <>
              <Field label={t("device.attribute")} id="state-attribute">
                <FormSelect
                  value={attribute}
                  onChange={(_, next) => {
                    setAttribute(next);
                    setValue("");
                  }}
                  id="state-attribute"
                >
                  {STATABLE.map((each) => (
                    <FormSelectOption key={each} value={each} label={word("attribute", each)} />
                  ))}
                </FormSelect>
              </Field>
              <Field label={t("device.value")} id="state-value">
                {attribute === "clinical_class" ? (
                  <FormSelect id="state-value" value={value} onChange={(_, next) => setValue(next)}>
                    <FormSelectOption value="" label="" isPlaceholder />
                    {CLASSES.map((each) => (
                      <FormSelectOption key={each} value={each} label={word("class", each)} />
                    ))}
                  </FormSelect>
                ) : (
                  <TextInput
                    id="state-value"
                    value={value}
                    onChange={(_, next) => setValue(next)}
                    autoFocus
                    maxLength={200}
                  />
                )}
              </Field>
            </>
          )}
          <Field label={t("bulk.why")} id="state-why" hint={t("bulk.whyHint")}>
            <TextInput value={why} onChange={(_, next) => setWhy(next)} id="state-why" maxLength={500} />
          </Field>
          {problem && <Alert isInline variant="danger" title={problem} component="p" />}
        </form>
      </ModalBody>
      <ModalFooter>
        <Button type="submit" form="state-form" isDisabled={!ready || busy} isLoading={busy}>
          {t(takeBack ? "device.takeBack" : "state.save")}
        </Button>
        <Button variant="link" onClick={close}>
          {t("state.cancel")}
        </Button>
      </ModalFooter>
    </Modal>
  );
}
