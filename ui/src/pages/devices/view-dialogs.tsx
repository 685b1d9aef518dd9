// Saving a view, and what becomes of it later: another name, other content, shared or not, gone.
import { Button, Checkbox, Modal, ModalBody, ModalFooter, ModalHeader, TextInput } from "@patternfly/react-core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { changeView, deleteView, type SavedView, saveView } from "../../api/acts";
import { ActDialog } from "../../design/act";
import { Field } from "../../design/parts";
import { Wire } from "../../design/wire";
import { contentOf } from "./language";
import { type DevicesSearch, USUAL_SORT } from "./search";

/** Saves what is shown as a new view, or changes a view. */
export function ViewDialog({ view, search, close }: { view?: SavedView; search: DevicesSearch; close: () => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState(view?.name ?? "");
  const [shared, setShared] = useState(view?.shared ?? false);
  const [anew, setAnew] = useState(!view);
  const shown = contentOf(search, USUAL_SORT);
  const content = anew || !view ? shown : { filter: view.filter, sort: view.sort, columns: view.columns };
  return (
    <ActDialog
      id="view"
      title={view ? t("views.change") : t("devices.saveView")}
      submit={t("state.save")}
      reasoned={false}
      ready={name.trim() !== ""}
      close={close}
      run={(_, key) => {
        const whole = { ...content, name: name.trim(), shared };
        return view ? changeView(view, whole) : saveView(whole, key);
      }}
    >
      <Field label={t("devices.viewName")} id="view-name">
        <TextInput value={name} onChange={(_, value) => setName(value)} id="view-name" autoFocus maxLength={60} />
      </Field>
      <div className="field">
        <span className="field-name">{t("views.keeps")}</span>
        <code className="mono wrap">{content.filter ? <Wire>{content.filter}</Wire> : t("views.everything")}</code>
      </div>
      {view && view.filter !== shown.filter && (
        <Checkbox
          id="view-anew"
          label={t("views.replace")}
          isChecked={anew}
          onChange={(_, checked) => setAnew(checked)}
        />
      )}
      <Checkbox
        id="view-shared"
        label={t("views.share")}
        description={t("views.shareHint")}
        isChecked={shared}
        onChange={(_, checked) => setShared(checked)}
      />
    </ActDialog>
  );
}

/** The own views. */
export function ManageViews({
  views,
  search,
  close,
}: {
  views: SavedView[];
  search: DevicesSearch;
  close: () => void;
}) {
  const { t } = useTranslation();
  const [act, setAct] = useState<{ view: SavedView; gone: boolean } | null>(null);
  const back = () => setAct(null);
  if (act?.gone)
    return (
      <ActDialog
        id="view-delete"
        title={t("views.deleteTitle", { name: act.view.name })}
        text={t(act.view.shared ? "views.deleteShared" : "views.deleteText")}
        submit={t("views.delete")}
        reasoned={false}
        close={back}
        run={() => deleteView(act.view)}
      />
    );
  // What the hub has by now, should somebody have changed it meanwhile.
  if (act)
    return <ViewDialog view={views.find((each) => each.id === act.view.id) ?? act.view} search={search} close={back} />;
  return (
    <Modal isOpen variant="small" aria-labelledby="views-title" onClose={close}>
      <ModalHeader title={t("views.own")} labelId="views-title" />
      <ModalBody>
        {views.length === 0 && <p className="quiet">{t("views.none")}</p>}
        <ul className="chosen views-own">
          {views.map((each) => (
            <li key={each.id}>
              <span className="views-what">
                <strong className="clip">
                  <Wire>{each.name}</Wire>
                </strong>
                <span className="quiet clip">
                  {each.shared && `${t("views.shared")} · `}
                  <Wire className="mono">{each.filter || t("views.everything")}</Wire>
                </span>
              </span>
              <Button
                variant="link"
                size="sm"
                aria-label={`${t("views.edit")}: ${each.name}`}
                onClick={() => setAct({ view: each, gone: false })}
              >
                {t("views.edit")}
              </Button>
              <Button
                variant="link"
                size="sm"
                isDanger
                aria-label={`${t("views.delete")}: ${each.name}`}
                onClick={() => setAct({ view: each, gone: true })}
              >
                {t("views.delete")}
              </Button>
            </li>
          ))}
        </ul>
      </ModalBody>
      <ModalFooter>
        <Button onClick={close}>{t("state.close")}</Button>
      </ModalFooter>
    </Modal>
  );
}
