import { FormSelect, FormSelectOption, TextArea, TextInput } from "@patternfly/react-core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import glpi from "../../../../docs/cmms/glpi.toml?raw";
import snipeIt from "../../../../docs/cmms/snipe-it.toml?raw";
import { bytes } from "../../design/format";
import { Field } from "../../design/parts";
import { Wire } from "../../design/wire";

/** Mappings that come with Bedrail, as in `docs/cmms`. */
const MAPPINGS = { none: "", glpi, "snipe-it": snipeIt, own: "" } as const;
type MappingName = keyof typeof MAPPINGS;

export interface ImportForm {
  file: { name: string; size: number; text: string; encoding: string } | null;
  name: string;
  mapping: MappingName;
  toml: string;
  why: string;
}

export const NOTHING: ImportForm = { file: null, name: "", mapping: "none", toml: "", why: "" };

/** UTF-8, or what spreadsheets of Windows write when it is not. */
async function read(file: File): Promise<NonNullable<ImportForm["file"]>> {
  const raw = await file.arrayBuffer();
  const about = { name: file.name, size: file.size };
  try {
    return { ...about, text: new TextDecoder("utf-8", { fatal: true }).decode(raw), encoding: "UTF-8" };
  } catch {
    return { ...about, text: new TextDecoder("windows-1252").decode(raw), encoding: "Windows-1252" };
  }
}

export function ImportFields({ form, change }: { form: ImportForm; change: (next: Partial<ImportForm>) => void }) {
  const { t, i18n } = useTranslation();
  const [unreadable, setUnreadable] = useState(false);
  const choose = async (file: File | undefined) => {
    setUnreadable(false);
    if (!file) return change({ file: null });
    try {
      change({ file: await read(file), ...(form.name ? {} : { name: nameFrom(file.name) }) });
    } catch {
      setUnreadable(true);
    }
  };
  return (
    <div className="import-fields">
      <Field label={t("imports.choose")} id="import-csv" hint={t("imports.chooseHint")}>
        <input
          id="import-csv"
          type="file"
          accept=".csv,.txt,text/csv"
          onChange={(event) => choose(event.target.files?.[0])}
        />
        {form.file && (
          <span className="quiet" role="status">
            <Wire>{form.file.name}</Wire> · {bytes(form.file.size, i18n.language)} ·{" "}
            {t("imports.lines", { count: form.file.text.split("\n").filter((each) => each.trim()).length })}
            {form.file.encoding !== "UTF-8" && <> · {t("imports.encoding", { name: form.file.encoding })}</>}
          </span>
        )}
        {unreadable && (
          <span role="alert" className="sev-critical">
            {t("imports.unreadable")}
          </span>
        )}
      </Field>
      <Field label={t("imports.name")} id="import-name" hint={t("imports.nameHint")}>
        <TextInput
          id="import-name"
          value={form.name}
          onChange={(_, name) => change({ name })}
          maxLength={60}
          placeholder="cmms"
        />
      </Field>
      <Field label={t("imports.mapping")} id="import-mapping" hint={t("imports.mappingHint")}>
        <FormSelect
          id="import-mapping"
          value={form.mapping}
          onChange={(_, mapping) =>
            change({ mapping: mapping as MappingName, toml: MAPPINGS[mapping as MappingName] || form.toml })
          }
        >
          <FormSelectOption value="none" label={t("imports.mappingNone")} />
          <FormSelectOption value="glpi" label="GLPI" />
          <FormSelectOption value="snipe-it" label="Snipe-IT" />
          <FormSelectOption value="own" label={t("imports.mappingOwn")} />
        </FormSelect>
      </Field>
      {form.mapping !== "none" && (
        <Field label={t("imports.toml")} id="import-toml" hint={t("imports.tomlHint")}>
          <TextArea
            id="import-toml"
            className="mono"
            value={form.toml}
            onChange={(_, toml) => change({ toml })}
            rows={9}
            resizeOrientation="vertical"
            spellCheck={false}
          />
        </Field>
      )}
      <Field label={t("bulk.why")} id="import-why" hint={t("bulk.whyHint")}>
        <TextInput
          id="import-why"
          value={form.why}
          onChange={(_, why) => change({ why })}
          maxLength={500}
          placeholder={t("imports.whyExample")}
        />
      </Field>
    </div>
  );
}

/** `GLPI export 2026.csv` -> `glpi-export-2026`. */
const nameFrom = (file: string) =>
  file
    .replace(/\.[^.]*$/, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 40);
