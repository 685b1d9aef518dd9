import { FormSelect, FormSelectOption } from "@patternfly/react-core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { addModel, type DeviceModel, setModel } from "../../api/admin";
import { Field } from "../../design/parts";
import { visible } from "../../design/visible";
import { useWords } from "../../design/words";
import { ActDialog, TextField, WhyField } from "./dialog";
import { CHOICES, CLINICAL, changesOf, PERMISSIONS, type Values } from "./model-fields";

const valuesOf = (model: DeviceModel | undefined): Values =>
  Object.fromEntries((model?.defaults ?? []).map(({ attribute, value }) => [attribute, value]));

/** States something about every device of a model, or takes it back. */
export function ModelDialog({ model, close }: { model?: DeviceModel; close: () => void }) {
  const { t } = useTranslation();
  const word = useWords();
  // What the form began with: what another person stated meanwhile is not taken for an answer of this one.
  const [before] = useState(() => valuesOf(model));
  const [values, setValues] = useState<Values>(before);
  const [maker, setMaker] = useState("");
  const [name, setName] = useState("");
  const [why, setWhy] = useState("");
  const changes = changesOf(before, values);
  const changed = Object.keys(changes).length > 0;
  const set = (attribute: string) => (value: string) => setValues({ ...values, [attribute]: value });
  const act = (key: string) =>
    model
      ? setModel(model, changes, why.trim())
      : addModel({ manufacturer: maker.trim(), model: name.trim(), defaults: stated(changes), why: why.trim() }, key);
  const all = [...CLINICAL, ...PERMISSIONS];
  return (
    <ActDialog
      id="model"
      title={
        model
          ? t("models.editTitle", { name: `${visible(model.manufacturer)} ${visible(model.model)}` })
          : t("models.add")
      }
      text={t("models.editText")}
      label={t("state.save")}
      ready={changed && why.trim() !== "" && (model !== undefined || (maker.trim() !== "" && name.trim() !== ""))}
      act={act}
      places={Object.fromEntries([
        ["/manufacturer", word("attribute", "manufacturer")],
        ["/model", word("attribute", "model")],
        ...all.map((each) => [`/defaults/${each}`, word(each.startsWith("perm") ? "permission" : "attribute", each)]),
      ])}
      close={close}
    >
      {!model && (
        <div className="side-by-side">
          <TextField id="model-maker" label={word("attribute", "manufacturer")} value={maker} set={setMaker} first />
          <TextField id="model-name" label={word("attribute", "model")} value={name} set={setName} />
        </div>
      )}
      {CLINICAL.map((each) => (
        <Clinical key={each} attribute={each} value={values[each] ?? ""} set={set(each)} />
      ))}
      <details className="permissions">
        <summary>{t("models.permissions")}</summary>
        <div className="stack">
          <p className="quiet">{t("models.permissionsText")}</p>
          {PERMISSIONS.map((each) => (
            <TextField
              key={each}
              id={`model-${each}`}
              label={word("permission", each)}
              value={values[each] ?? ""}
              set={set(each)}
              example={t("models.document")}
            />
          ))}
        </div>
      </details>
      <WhyField id="model-why" value={why} set={setWhy} />
    </ActDialog>
  );
}

const stated = (changes: Record<string, string | null>): Values =>
  Object.fromEntries(Object.entries(changes).filter((each): each is [string, string] => each[1] !== null));

function Clinical({ attribute, value, set }: { attribute: string; value: string; set: (value: string) => void }) {
  const { t } = useTranslation();
  const word = useWords();
  const choice = CHOICES[attribute];
  const id = `model-${attribute}`;
  const hint = attribute === "maintenance_window" ? t("models.windowHint") : undefined;
  if (!choice)
    return (
      <TextField
        id={id}
        label={word("attribute", attribute)}
        hint={hint}
        value={value}
        set={set}
        example={t("models.unknown")}
      />
    );
  return (
    <Field label={word("attribute", attribute)} id={id}>
      <FormSelect
        id={id}
        value={value}
        onChange={(_, next) => set(next)}
        className={value === "" ? "select-unknown" : undefined}
      >
        <FormSelectOption value="" label={t("models.unknown")} />
        {choice.words.map((each) => (
          <FormSelectOption key={each} value={each} label={word(choice.vocabulary, each)} />
        ))}
      </FormSelect>
    </Field>
  );
}
