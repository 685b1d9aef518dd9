// Labels as a filter: those of the listed devices to choose from, or any typed word.
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Wire } from "../../design/wire";

interface Props {
  chosen: string[];
  known: string[];
  change: (labels: string[] | undefined) => void;
}

export function LabelFilter({ chosen, known, change }: Props) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const set = (labels: string[]) => change(labels.length > 0 ? labels : undefined);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const label = text.trim().toLowerCase();
    if (label && !chosen.includes(label)) set([...chosen, label]);
    setText("");
  };
  return (
    <fieldset className="facet">
      <legend>{t("labels.labels")}</legend>
      {[...new Set([...chosen, ...known.slice(0, 7)])].map((each) => (
        <label key={each} className="facet-value">
          <input
            type="checkbox"
            checked={chosen.includes(each)}
            onChange={(event) => set(event.target.checked ? [...chosen, each] : chosen.filter((one) => one !== each))}
          />
          <span className="clip">
            <Wire>{each}</Wire>
          </span>
        </label>
      ))}
      <form onSubmit={submit} className="facet-find">
        <input
          aria-label={t("labels.find")}
          placeholder={t("labels.find")}
          value={text}
          onChange={(event) => setText(event.target.value)}
          list="facet-labels"
          maxLength={40}
        />
        <datalist id="facet-labels">
          {known.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      </form>
    </fieldset>
  );
}
