import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type AuditOutcome, answerAudit, type Campaign, signAudit } from "../../api/admin";
import { visible } from "../../design/visible";
import { useWords } from "../../design/words";
import { ActDialog, TextField, WhyField } from "./dialog";

/** What is wrong, or where it was looked for. */
export function AnswerDialog({
  audit,
  devices,
  outcome,
  close,
  done,
}: {
  audit: Campaign;
  devices: string[];
  outcome: AuditOutcome;
  close: () => void;
  done: () => void;
}) {
  const { t } = useTranslation();
  const word = useWords();
  const [note, setNote] = useState("");
  const act = async (key: string) => {
    await answerAudit(
      audit.id,
      devices.map((device) => ({ device, outcome, note: note.trim() })),
      key,
    );
    done();
  };
  return (
    <ActDialog
      id="answer"
      title={t("audits.answerTitle", { outcome: word("outcome", outcome), count: devices.length })}
      text={t(outcome === "wrong" ? "audits.wrongText" : "audits.notFoundText")}
      label={t("audits.answerDo")}
      ready={outcome !== "wrong" || note.trim() !== ""}
      act={act}
      places={{ "/answers": t("audits.note") }}
      close={close}
    >
      <TextField
        id="answer-note"
        label={t("audits.note")}
        hint={outcome === "wrong" ? undefined : t("audits.noteMay")}
        value={note}
        set={setNote}
        max={2000}
        first
      />
    </ActDialog>
  );
}

export function SignDialog({ audit, close }: { audit: Campaign; close: () => void }) {
  const { t } = useTranslation();
  const [why, setWhy] = useState("");
  const { not_found, wrong, confirmed } = audit.progress;
  return (
    <ActDialog
      id="sign"
      title={t("audits.signTitle", { name: visible(audit.name) })}
      text={t("audits.signText")}
      label={t("audits.sign")}
      ready={why.trim() !== ""}
      act={(key) => signAudit(audit.id, why.trim(), key)}
      close={close}
    >
      <p>{t("audits.signSum", { confirmed, notFound: not_found, wrong })}</p>
      {audit.every_days !== null && <p className="quiet">{t("audits.signNext", { count: audit.every_days })}</p>}
      <WhyField id="sign-why" value={why} set={setWhy} first />
    </ActDialog>
  );
}
