// A dialog for one act: what is typed stays when the hub refuses, when the session ends, and when somebody was quicker.
import { Alert, Button, Modal, ModalBody, ModalFooter, ModalHeader, TextInput } from "@patternfly/react-core";
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { forgetAdmin } from "../../api/admin";
import { ProblemError } from "../../api/client";
import { freshKey } from "../../api/queries";
import { Field } from "../../design/parts";

/** Why an act was not done, in words; `places` names the fields that the hub points at. */
export function useSay(): (error: unknown, places?: Record<string, string>) => string {
  const { t } = useTranslation();
  return (error, places = {}) => {
    if (!(error instanceof ProblemError)) return String(error);
    if (error.status === 0) return t("state.unreachable");
    if (error.status === 401) return t("act.ended");
    if (error.status === 403 && error.errors.length === 0) return t("act.forbidden", { detail: error.message });
    if (error.status === 412) return t("act.changed");
    const faults = error.errors.map(({ pointer, detail }) => {
      const place = Object.keys(places).find((each) => pointer === each || pointer.startsWith(`${each}/`));
      return `${place ? places[place] : pointer}: ${detail}`;
    });
    return faults.length > 0 ? faults.join(" · ") : error.message;
  };
}

/** An act that is tried: busy, what was wrong, and its key. */
export function useAct(places?: Record<string, string>) {
  const say = useSay();
  const [key, setKey] = useState(freshKey);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const run = async (act: (key: string) => Promise<unknown>): Promise<boolean> => {
    setBusy(true);
    setProblem(null);
    try {
      await act(key);
      setKey(freshKey());
      forgetAdmin();
      return true;
    } catch (error) {
      // What the hub refused was not done: the next try is another act. Without an answer it may have been done: the same.
      if (error instanceof ProblemError && error.status >= 400 && error.status < 500) setKey(freshKey());
      if (error instanceof ProblemError && error.status === 412) forgetAdmin();
      setProblem(say(error, places));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, run };
}

export function ActDialog({
  id,
  title,
  text,
  label,
  danger,
  ready,
  act,
  places,
  close,
  bare,
  children,
}: {
  id: string;
  title: string;
  text?: ReactNode;
  label: string;
  danger?: boolean;
  ready: boolean;
  act: (key: string) => Promise<unknown>;
  places?: Record<string, string>;
  close: () => void;
  /** Nothing is asked, so no field is there to begin with. */
  bare?: boolean;
  children?: ReactNode;
}) {
  const { t } = useTranslation();
  const { busy, problem, run } = useAct(places);
  // A long form would hide at its end what was wrong.
  const said = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (problem) said.current?.scrollIntoView({ block: "nearest" });
  }, [problem]);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (ready && !busy && (await run(act))) close();
  };
  return (
    <Modal
      isOpen
      variant="small"
      aria-labelledby={`${id}-title`}
      onClose={close}
      elementToFocus={bare ? undefined : `#${id} :is(input, select, textarea)`}
    >
      <ModalHeader title={title} labelId={`${id}-title`} description={text} />
      <ModalBody>
        <form id={id} onSubmit={submit} className="stack">
          {children}
          <div ref={said}>
            {problem && <Alert isInline variant="danger" title={problem} component="p" aria-live="assertive" />}
          </div>
        </form>
      </ModalBody>
      <ModalFooter>
        <Button
          type="submit"
          form={id}
          variant={danger ? "danger" : "primary"}
          isDisabled={!ready || busy}
          isLoading={busy}
        >
          {label}
        </Button>
        <Button variant="link" onClick={close}>
          {t("state.cancel")}
        </Button>
      </ModalFooter>
    </Modal>
  );
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
