// Above the list: search, expression, views, columns, CSV, selection.

import {
  Alert,
  Button,
  Dropdown,
  DropdownGroup,
  DropdownItem,
  DropdownList,
  MenuToggle,
  Modal,
  ModalBody,
  ModalFooter,
  ModalHeader,
  TextInput,
} from "@patternfly/react-core";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type DeviceRow, ProblemError } from "../../api/client";
import type { DeviceFilter } from "../../api/queries";
import { writeSearch } from "../../app/url";
import { Icon, type IconName } from "../../design/icon";
import { Field } from "../../design/parts";
import { Wire } from "../../design/wire";
import { Chips } from "./chips";
import { csvOf } from "./csv";
import { everyDevice, save } from "./download";
import { COLUMNS, type Column, type DevicesSearch, filterCount, USUAL, VIEWS } from "./search";
import type { Selection } from "./selection";
import { useOwnViews } from "./views";

interface Props {
  search: DevicesSearch;
  change: (next: Partial<DevicesSearch>) => void;
  total: number | null;
  columns: Column[];
  filter: DeviceFilter;
  sort: string;
  openFacets: () => void;
  selection: Selection;
  loaded: DeviceRow[];
  error: Error | null;
}

export function Toolbar(props: Props) {
  const { search, change, total, openFacets, error } = props;
  const { t } = useTranslation();
  const [expression, setExpression] = useState(Boolean(search.filter));
  const count = filterCount(search);
  const refused = error instanceof ProblemError && error.status === 400 ? error : null;
  return (
    <div className="toolbar">
      <div className="toolbar-title">
        <h1>{t("devices.title")}</h1>
        <span className="quiet" role="status">
          {total === null ? "" : t("devices.count", { count: total })}
        </span>
      </div>
      <div className="toolbar-row">
        <SearchField q={search.q ?? ""} change={(q) => change({ q: q || undefined })} />
        <Button
          variant="secondary"
          size="sm"
          className="only-narrow"
          onClick={openFacets}
          icon={<Icon name="filter" size={15} />}
        >
          {t("devices.facets")}
          {count > 0 && ` (${count})`}
        </Button>
        <Button
          variant="secondary"
          size="sm"
          className="hide-phone"
          aria-pressed={expression}
          onClick={() => setExpression(!expression)}
          icon={<Icon name="filter" size={15} />}
        >
          {t("devices.expressionShow")}
        </Button>
        <span className="toolbar-end">
          <SelectMenu selection={props.selection} loaded={props.loaded} />
          <ViewsMenu search={search} />
          <ColumnsMenu columns={props.columns} change={change} />
          <CsvButton filter={props.filter} sort={props.sort} columns={props.columns} />
        </span>
      </div>
      {(expression || search.filter) && (
        <Expression text={search.filter ?? ""} change={(filter) => change({ filter: filter || undefined })} />
      )}
      <Chips search={search} change={change} />
      {refused && <Alert isInline isPlain variant="danger" title={refused.detail ?? refused.title} component="p" />}
    </div>
  );
}

function SearchField({ q, change }: { q: string; change: (q: string) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState(q);
  const sent = useRef(q);
  const latest = useRef(change);
  latest.current = change;
  // The address may change from elsewhere: a view, the palette, the way back.
  useEffect(() => {
    if (q !== sent.current) {
      sent.current = q;
      setText(q);
    }
  }, [q]);
  useEffect(() => {
    if (text === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = text;
      latest.current(text);
    }, 150);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <div className="search-field">
      <Icon name="search" size={16} />
      <input
        type="search"
        data-search
        aria-label={t("devices.searchLabel")}
        placeholder={t("devices.search")}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <kbd className="hide-phone">/</kbd>
    </div>
  );
}

function Expression({ text, change }: { text: string; change: (filter: string) => void }) {
  const { t } = useTranslation();
  const [value, setValue] = useState(text);
  useEffect(() => setValue(text), [text]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change(value.trim());
  };
  return (
    <form className="expression" onSubmit={submit}>
      <input
        className="mono"
        aria-label={t("devices.expression")}
        placeholder={t("devices.expressionHint")}
        value={value}
        onChange={(event) => setValue(event.target.value)}
        spellCheck={false}
        autoComplete="off"
      />
      <Button type="submit" variant="secondary" size="sm">
        {t("devices.apply")}
      </Button>
      {text && (
        <Button variant="link" size="sm" onClick={() => change("")}>
          {t("state.clear")}
        </Button>
      )}
    </form>
  );
}

function Menu({
  label,
  icon,
  children,
  keepOpen,
}: {
  label: string;
  icon: IconName;
  children: ReactNode;
  keepOpen?: boolean;
}) {
  const [open, setOpen] = useState(false);
  return (
    <Dropdown
      isOpen={open}
      onOpenChange={setOpen}
      onSelect={() => !keepOpen && setOpen(false)}
      popperProps={{ position: "end", appendTo: "inline" }}
      isScrollable
      toggle={(ref) => (
        <MenuToggle
          ref={ref}
          size="sm"
          isExpanded={open}
          onClick={() => setOpen(!open)}
          icon={<Icon name={icon} size={15} />}
        >
          {label}
        </MenuToggle>
      )}
    >
      {children}
    </Dropdown>
  );
}

function SelectMenu({ selection, loaded }: { selection: Selection; loaded: DeviceRow[] }) {
  const { t } = useTranslation();
  return (
    <Menu label={t("devices.selectMenu")} icon="check">
      <DropdownList>
        <DropdownItem onClick={() => selection.set([])}>{t("devices.selectNone")}</DropdownItem>
        {loaded.length > 25 && (
          <DropdownItem onClick={() => selection.set(loaded.slice(0, 25))}>
            {t("devices.selectFirst", { count: 25 })}
          </DropdownItem>
        )}
        <DropdownItem onClick={() => selection.set(loaded)}>
          {t("devices.selectLoaded", { count: loaded.length })}
        </DropdownItem>
      </DropdownList>
    </Menu>
  );
}

function ViewsMenu({ search }: { search: DevicesSearch }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const own = useOwnViews();
  const [saving, setSaving] = useState(false);
  const here = writeSearch({ ...search });
  return (
    <>
      <Menu label={t("devices.views")} icon="star">
        <DropdownList>
          {VIEWS.map((each) => (
            <DropdownItem
              key={each.id}
              isSelected={writeSearch({ ...each.search }) === here}
              onClick={() => navigate({ to: "/devices", search: each.search })}
            >
              {t(`devices.view.${each.id}`)}
            </DropdownItem>
          ))}
          {own.views.map((each) => (
            <DropdownItem
              key={each.name}
              isSelected={writeSearch({ ...each.search }) === here}
              onClick={() => navigate({ to: "/devices", search: each.search })}
            >
              <Wire>{each.name}</Wire>
            </DropdownItem>
          ))}
        </DropdownList>
        <DropdownGroup>
          <DropdownList className="menu-end">
            <DropdownItem onClick={() => setSaving(true)}>{t("devices.saveView")}</DropdownItem>
            {own.views.map((each) => (
              <DropdownItem key={each.name} onClick={() => own.remove(each.name)}>
                {t("devices.removeView", { name: each.name })}
              </DropdownItem>
            ))}
          </DropdownList>
        </DropdownGroup>
      </Menu>
      {saving && <SaveView close={() => setSaving(false)} save={(name) => own.add(name, search)} />}
    </>
  );
}

function SaveView({ close, save: keep }: { close: () => void; save: (name: string) => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  return (
    <Modal isOpen variant="small" aria-labelledby="save-view" onClose={close}>
      <ModalHeader title={t("devices.saveView")} labelId="save-view" />
      <ModalBody>
        <form
          id="save-view-form"
          onSubmit={(event) => {
            event.preventDefault();
            keep(name.trim());
            close();
          }}
        >
          <Field label={t("devices.viewName")} id="view-name">
            <TextInput value={name} onChange={(_, value) => setName(value)} id="view-name" autoFocus maxLength={60} />
          </Field>
        </form>
      </ModalBody>
      <ModalFooter>
        <Button type="submit" form="save-view-form" isDisabled={!name.trim()}>
          {t("state.save")}
        </Button>
        <Button variant="link" onClick={close}>
          {t("state.cancel")}
        </Button>
      </ModalFooter>
    </Modal>
  );
}

function ColumnsMenu({ columns, change }: { columns: Column[]; change: Props["change"] }) {
  const { t } = useTranslation();
  const choose = (column: Column) => {
    const next = COLUMNS.filter((each) => (each === column ? !columns.includes(each) : columns.includes(each)));
    if (next.length > 0) change({ cols: next.join() === USUAL.join() ? undefined : next });
  };
  return (
    <span className="hide-phone">
      <Menu label={t("devices.columns")} icon="columns" keepOpen>
        <DropdownList>
          {COLUMNS.map((each) => (
            <DropdownItem
              key={each}
              hasCheckbox
              isSelected={columns.includes(each)}
              isDisabled={each === "name"}
              onClick={() => choose(each)}
            >
              {t(`devices.column.${each}`)}
            </DropdownItem>
          ))}
        </DropdownList>
      </Menu>
    </span>
  );
}

function CsvButton({ filter, sort, columns }: { filter: DeviceFilter; sort: string; columns: Column[] }) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    try {
      save(
        csvOf(await everyDevice(filter, sort), columns),
        `devices-${new Date().toISOString().slice(0, 10)}.csv`,
        "text/csv;charset=utf-8",
      );
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button
      variant="secondary"
      size="sm"
      className="hide-phone"
      isLoading={busy}
      isDisabled={busy}
      aria-label={t("devices.csvHint")}
      onClick={run}
      icon={<Icon name="download" size={15} />}
    >
      {t("devices.csv")}
    </Button>
  );
}
