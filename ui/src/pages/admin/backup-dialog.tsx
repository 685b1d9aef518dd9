import { Radio, TextArea } from "@patternfly/react-core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { makeBackup } from "../../api/admin";
import { Field } from "../../design/parts";
import { ActDialog, TextField } from "./dialog";

/** The hub refuses shorter ones. */
const SHORTEST = 12;

/** Who can open the backup: those who hold a key, or those who know a passphrase. */
export function BackupDialog({ close, begun }: { close: () => void; begun: (operation: string) => void }) {
  const { t } = useTranslation();
  const [by, choose] = useState<"recipients" | "passphrase">("recipients");
  const [recipients, setRecipients] = useState("");
  const [passphrase, setPassphrase] = useState("");
  const [again, setAgain] = useState("");
  const keys = recipients.split(/[\s,]+/).filter(Boolean);
  const act = async (key: string) => {
    const body = by === "recipients" ? { recipients: keys } : { passphrase };
    begun((await makeBackup(body, key)).id);
  };
  return (
    <ActDialog
      id="backup"
      title={t("backups.make")}
      text={t("backups.makeText")}
      label={t("backups.makeDo")}
      ready={by === "recipients" ? keys.length > 0 : passphrase.length >= SHORTEST && passphrase === again}
      act={act}
      places={{ "/recipients": t("backups.recipients"), "/passphrase": t("backups.passphrase") }}
      close={close}
    >
      <fieldset className="choice">
        <legend>{t("backups.who")}</legend>
        {(["recipients", "passphrase"] as const).map((each) => (
          <Radio
            key={each}
            id={`by-${each}`}
            name="by"
            label={t(`backups.by.${each}`)}
            description={t(`backups.byText.${each}`)}
            isChecked={by === each}
            onChange={() => choose(each)}
          />
        ))}
      </fieldset>
      {by === "recipients" ? (
        <Field label={t("backups.recipients")} id="backup-recipients" hint={t("backups.recipientsHint")}>
          <TextArea
            id="backup-recipients"
            value={recipients}
            onChange={(_, value) => setRecipients(value)}
            rows={3}
            placeholder="age1…"
            spellCheck={false}
          />
        </Field>
      ) : (
        <>
          <TextField
            id="backup-passphrase"
            type="password"
            label={t("backups.passphrase")}
            hint={t("users.passwordHint", { count: SHORTEST })}
            value={passphrase}
            set={setPassphrase}
            max={1024}
          />
          <TextField
            id="backup-again"
            type="password"
            label={t("backups.passphraseAgain")}
            value={again}
            set={setAgain}
            max={1024}
          />
        </>
      )}
    </ActDialog>
  );
}
