// Acts and fields of the pages of Admin.
import { TextInput } from "@patternfly/react-core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { forgetAdmin } from "../../api/admin";
import { ActDialog as Dialog, type Places, useAct as useActOf } from "../../design/act";
import { Field } from "../../design/parts";

/** An act that is tried. Gives whether it was done. */
export function useAct(places?: Places) {
  const { busy, problem, run } = useActOf(forgetAdmin, places);
  return { busy, problem, run: async (act: (key: string) => Promise<unknown>) => (await run(act)) !== null };
}

/** A dialog for one act; the form asks for the reason itself where there is one. */
export function ActDialog({
  label,
  act,
  bare,
  ...rest
}: {
  id: string;
  title: string;
  text?: ReactNode;
  label: string;
  danger?: boolean;
  ready: boolean;
  act: (key: string) => Promise<unknown>;
  places?: Places;
  close: () => void;
  /** Nothing is asked, so no field is there to begin with. */
  bare?: boolean;
  children?: ReactNode;
}) {
  const run = async (_why: string, key: string) => {
    await act(key);
  };
  return <Dialog {...rest} submit={label} reasoned={false} inFirstField={!bare} forget={forgetAdmin} run={run} />;
}

/** A line of text. */
export function TextField({
  id,
  label,
  hint,
  value,
  set,
  type = "text",
  first,
  max = 200,
  example,
  off,
}: {
  id: string;
  label: string;
  hint?: string;
  value: string;
  set: (value: string) => void;
  type?: "text" | "datetime-local" | "date" | "number" | "password";
  first?: boolean;
  max?: number;
  example?: string;
  off?: boolean;
}) {
  return (
    <Field label={label} id={id} hint={hint}>
      <TextInput
        id={id}
        type={type}
        value={value}
        onChange={(_, next) => set(next)}
        autoFocus={first}
        maxLength={max}
        placeholder={example}
        autoComplete="off"
        isDisabled={off}
      />
    </Field>
  );
}

/** Every change needs a reason, which the hub keeps. */
export function WhyField({
  id,
  value,
  set,
  first,
}: {
  id: string;
  value: string;
  set: (v: string) => void;
  first?: boolean;
}) {
  const { t } = useTranslation();
  return (
    <TextField id={id} label={t("bulk.why")} hint={t("act.whyHint")} value={value} set={set} first={first} max={500} />
  );
}
