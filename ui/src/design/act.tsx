// A dialog for one act: what it is about, why, and what the hub said. What was typed stays when it was refused.
import { Alert, Button, Modal, ModalBody, ModalFooter, ModalHeader, TextInput } from "@patternfly/react-core";
import type { TFunction } from "i18next";
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemError } from "../api/client";
import { forgetDevices, freshKey } from "../api/queries";
import { Field } from "./parts";

/** Fields of a form by the pointers with which the hub names them, in words. */
export type Places = Record<string, string>;

/** What went wrong, in words of the reader where there are any. */
export function problemText(error: unknown, t: TFunction, places: Places = {}): string {
  if (!(error instanceof ProblemError)) return String(error);
  if (error.status === 0) return t("state.unreachable");
  if (error.status === 401) return t("act.ended");
  if (error.status === 403 && error.errors.length === 0) return t("act.forbidden", { detail: error.message });
  if (error.status === 412) return t("act.changed");
  if (Object.keys(places).length === 0) return error.message;
  const faults = error.errors.map(({ pointer, detail }) => {
    const place = Object.keys(places).find((each) => pointer === each || pointer.startsWith(`${each}/`));
    return `${place ? places[place] : pointer}: ${detail}`;
  });
  return faults.length > 0 ? faults.join(" · ") : error.message;
}

/** Whether the hub surely did nothing of it: then the next try is another act with a key of its own. */
export const wasRefused = (error: unknown) =>
  error instanceof ProblemError && error.status >= 400 && error.status < 500 && error.status !== 401;

/** An act that is tried: its key, whether it runs, and what was wrong. `forget` fetches anew what it changes. */
export function useAct(forget: () => void, places?: Places) {
  const { t } = useTranslation();
  const [key, setKey] = useState(freshKey);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  /** Gives what the act gave; nothing when it was not done. */
  const run = async <T,>(act: (key: string) => Promise<T>): Promise<{ done: T } | null> => {
    setBusy(true);
    setProblem(null);
    try {
      const done = await act(key);
      setKey(freshKey());
      forget();
      return { done };
    } catch (error) {
      if (wasRefused(error)) setKey(freshKey());
      // What changed meanwhile is fetched anew; what was typed stays.
      if (error instanceof ProblemError && error.status === 412) forget();
      setProblem(problemText(error, t, places));
      return null;
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, run };
}

interface Props {
  /** Begins the ids of the form, its title and its reason. */
  id: string;
  title: string;
  text?: ReactNode;
  submit: string;
  danger?: boolean;
  ready?: boolean;
  /** Whether the hub wants a reason. */
  reasoned?: boolean;
  hint?: string;
  size?: "small" | "medium" | "large";
  /** Begins in its first field. */
  inFirstField?: boolean;
  places?: Places;
  /** Fetches anew what it changes. */
  forget?: () => void;
  /** What came of it; shown instead of the form. */
  result?: ReactNode;
  close: () => void;
  /** Gives `true` when the dialog shall stay open. */
  run: (why: string, key: string) => Promise<unknown>;
  children?: ReactNode;
}

export function ActDialog(props: Props) {
  const { id, ready = true, reasoned = true, close, run, forget = forgetDevices } = props;
  const { t } = useTranslation();
  const [why, setWhy] = useState("");
  const { busy, problem, run: tried } = useAct(forget, props.places);
  // A long form would hide at its end what was wrong.
  const said = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (problem) said.current?.scrollIntoView({ block: "nearest" });
  }, [problem]);
  const may = ready && !busy && (!reasoned || why.trim() !== "");
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const tries = may && (await tried((key) => run(why.trim(), key)));
    if (tries && tries.done !== true) close();
  };
  return (
    <Modal
      isOpen
      variant={props.size ?? "small"}
      aria-labelledby={`${id}-title`}
      onClose={close}
      elementToFocus={props.inFirstField ? `#${id}-form :is(input, select, textarea)` : undefined}
    >
      <ModalHeader title={props.title} labelId={`${id}-title`} description={props.text} />
      <ModalBody>
        {props.result ?? (
          <form id={`${id}-form`} onSubmit={submit} className="stack">
            {props.children}
            {reasoned && (
              <Field label={t("bulk.why")} id={`${id}-why`} hint={props.hint ?? t("bulk.whyHint")}>
                <TextInput
                  id={`${id}-why`}
                  value={why}
                  onChange={(_, next) => setWhy(next)}
                  maxLength={500}
                  autoFocus={!props.children}
                  isRequired
                />
              </Field>
            )}
            <div ref={said}>
              {problem && <Alert isInline variant="danger" title={problem} component="p" aria-live="assertive" />}
            </div>
          </form>
        )}
      </ModalBody>
      <ModalFooter>
        {props.result ? (
          <Button onClick={close}>{t("state.close")}</Button>
        ) : (
          <>
            <Button
              type="submit"
              form={`${id}-form`}
              variant={props.danger ? "danger" : "primary"}
              isDisabled={!may}
              isLoading={busy}
            >
              {props.submit}
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
