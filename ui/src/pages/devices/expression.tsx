// The filter language, typed: the same that the API and the command line read. What is wrong is shown at its place.
import { Button, Popover } from "@patternfly/react-core";
import { type FormEvent, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { SeverityShape } from "../../design/parts";
import { Said } from "../../design/said";
import { Wire } from "../../design/wire";
import { faultOf } from "./language";

const EXAMPLES = [
  "class=life_sustaining and not lifecycle=in_service",
  'manufacturer~"GE" or zone=10.0.1.0/24',
  "weakness=smb1 and last_seen>=2026-01-01T00:00:00Z",
  "label=ward-3 and unknown=yes",
];

interface Props {
  text: string;
  change: (filter: string) => void;
  /** What the hub said of it. */
  refused: string | undefined;
  /** Characters that the page put before it. */
  offset: number;
}

export function Expression({ text, change, refused, offset }: Props) {
  const { t } = useTranslation();
  const [value, setValue] = useState(text);
  useEffect(() => setValue(text), [text]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change(value.trim());
  };
  return (
    <form className="expression" onSubmit={submit}>
      <div className="expression-row">
        <input
          className="mono"
          aria-label={t("devices.expression")}
          placeholder={t("devices.expressionHint")}
          value={value}
          onChange={(event) => setValue(event.target.value)}
          spellCheck={false}
          autoComplete="off"
          aria-invalid={refused !== undefined}
          aria-describedby={refused === undefined ? undefined : "expression-fault"}
        />
        <Button type="submit" variant="secondary" size="sm">
          {t("devices.apply")}
        </Button>
        {text && (
          <Button variant="link" size="sm" onClick={() => change("")}>
            {t("state.clear")}
          </Button>
        )}
        <Help choose={setValue} />
      </div>
      {refused !== undefined && <Fault text={text} refused={refused} offset={offset} />}
    </form>
  );
}

/** The expression once more, with the place marked where it stops making sense. */
function Fault({ text, refused, offset }: { text: string; refused: string; offset: number }) {
  const { t } = useTranslation();
  const { place, what } = faultOf(refused, offset);
  const letters = [...text];
  const at = place === null ? null : Math.min(place, letters.length);
  const word = at === null ? "" : (/^[\p{L}\p{N}_\-.:/*%+@#]+|^./u.exec(letters.slice(at).join(""))?.[0] ?? "");
  return (
    <div id="expression-fault" className="expression-fault" role="alert">
      {at !== null && (
        <p className="mono" aria-hidden="true">
          <Wire>{letters.slice(0, at).join("")}</Wire>
          <mark>{word ? <Wire>{word}</Wire> : "\u00a0"}</mark>
          <Wire>{letters.slice(at).join("").slice(word.length)}</Wire>
        </p>
      )}
      <p>
        <SeverityShape severity="high" /> {at !== null && <strong>{t("devices.faultAt", { place: at + 1 })}: </strong>}
        <Said>{what}</Said>
      </p>
    </div>
  );
}

function Help({ choose }: { choose: (text: string) => void }) {
  const { t } = useTranslation();
  return (
    <Popover
      aria-label={t("devices.language")}
      closeBtnAriaLabel={t("state.close")}
      minWidth="20rem"
      maxWidth="34rem"
      bodyContent={(hide) => (
        <div className="language">
          <h2>{t("devices.language")}</h2>
          <p>{t("devices.languageText")}</p>
          <ul>
            {EXAMPLES.map((each) => (
              <li key={each}>
                <button
                  type="button"
                  className="linklike mono"
                  onClick={() => {
                    choose(each);
                    hide();
                  }}
                >
                  {each}
                </button>
              </li>
            ))}
          </ul>
        </div>
      )}
    >
      <Button variant="link" size="sm">
        {t("devices.languageShow")}
      </Button>
    </Popover>
  );
}
