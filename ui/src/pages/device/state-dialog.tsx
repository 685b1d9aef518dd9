// A person states what they know, or takes it back.
import { FormSelect, FormSelectOption, TextInput } from "@patternfly/react-core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Device } from "../../api/client";
import { assertAttribute } from "../../api/queries";
import { ActDialog } from "../../design/act";
import { Field } from "../../design/parts";
import { useWords } from "../../design/words";
import { hintOf, STATABLE, showValue, WORDS } from "./attributes";

interface Props {
  device: Device;
  attribute: string;
  takeBack: boolean;
  close: () => void;
}

export function StateDialog({ device, attribute: first, takeBack, close }: Props) {
  const { t } = useTranslation();
  const word = useWords();
  const [attribute, setAttribute] = useState(first);
  const [value, setValue] = useState("");
  const words = WORDS[attribute];
  const hint = hintOf(attribute);
  const names = STATABLE.includes(first) ? STATABLE : [first, ...STATABLE];
  return (
    <ActDialog
      id="state"
      title={takeBack ? t("device.takeBackTitle", { attribute: word("attribute", attribute) }) : t("device.stateTitle")}
      text={takeBack ? undefined : t("device.stateText")}
      submit={t(takeBack ? "device.takeBack" : "state.save")}
      ready={takeBack || value.trim() !== ""}
      close={close}
      run={async (why) => {
        await assertAttribute(device.id, device.version, { [attribute]: takeBack ? null : value.trim() }, why);
      }}
    >
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
              {names.map((each) => (
                <FormSelectOption key={each} value={each} label={word("attribute", each)} />
              ))}
            </FormSelect>
          </Field>
          <Field label={t("device.value")} id="state-value" hint={hint && t(hint)}>
            {words ? (
              <FormSelect id="state-value" value={value} onChange={(_, next) => setValue(next)}>
                <FormSelectOption value="" label="" isPlaceholder />
                {words.map((each) => (
                  <FormSelectOption key={each} value={each} label={showValue(word, attribute, each)} />
                ))}
              </FormSelect>
            ) : (
              <TextInput
                id="state-value"
                value={value}
                onChange={(_, next) => setValue(next)}
                autoFocus
                maxLength={500}
              />
            )}
          </Field>
        </>
      )}
    </ActDialog>
  );
}
