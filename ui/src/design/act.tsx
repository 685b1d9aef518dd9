// A dialog for one act: what it is about, why, and what the hub said. What was typed stays when it was refused.
import { Alert, Button, Modal, ModalBody, ModalFooter, ModalHeader, TextInput } from "@patternfly/react-core";
import type { TFunction } from "i18next";
import { type FormEvent, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemError } from "../api/client";
import { forgetDevices, freshKey } from "../api/queries";
import { Field } from "./parts";

/** What went wrong, in words of the reader where there are any. */
export function problemText(error: unknown, t: TFunction): string {
  if (!(error instanceof ProblemError)) return String(error);
  if (error.status === 0) return t("state.unreachable");
  if (error.status === 401) return t("act.ended");
  if (error.status === 412) return t("act.changed");
  return error.detail ?? error.title;
}

/** Whether the hub surely did nothing of it: then the next try is another act with a key of its own. */
export const wasRefused = (error: unknown) =>
  error instanceof ProblemError && error.status >= 400 && error.status < 500 && error.status !== 401;

interface Props {
  /** Begins the ids of the form, its title and its reason. */
  id: string;
  title: string;
  text?: ReactNode;
  submit: string;
  ready?: boolean;
  /** Whether the hub wants a reason. */
  reasoned?: boolean;
  hint?: string;
  size?: "small" | "medium" | "large";
  /** What came of it; shown instead of the form. */
  result?: ReactNode;
  close: () => void;
  /** Gives `true` when the dialog shall stay open. */
  run: (why: string, key: string) => Promise<unknown>;
  children?: ReactNode;
}

export function ActDialog(props: Props) {
  const { id, ready = true, reasoned = true, close, run } = props;
  const { t } = useTranslation();
  const [why, setWhy] = useState("");
  const [key, setKey] = useState(freshKey);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      const stays = await run(why.trim(), key);
      if (stays !== true) close();
    } catch (error) {
      if (wasRefused(error)) setKey(freshKey());
      // What changed meanwhile is fetched anew; what was typed stays.
      if (error instanceof ProblemError && error.status === 412) forgetDevices();
      setProblem(problemText(error, t));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal isOpen variant={props.size ?? "small"} aria-labelledby={`${id}-title`} onClose={close}>
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
            {problem && <Alert isInline variant="danger" title={problem} component="p" aria-live="assertive" />}
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
              isDisabled={!ready || busy || (reasoned && !why.trim())}
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
