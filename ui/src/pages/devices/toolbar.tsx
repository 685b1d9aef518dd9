// Above the list: search, expression, views, columns, files, selection.
import { Button } from "@patternfly/react-core";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type DeviceRow, ProblemError } from "../../api/client";
import type { DeviceFilter } from "../../api/queries";
import { Icon } from "../../design/icon";
import { Chips } from "./chips";
import { Expression } from "./expression";
import { ColumnsMenu, ExportMenu, SelectMenu } from "./menus";
import { type Column, type DevicesSearch, expressionOffset, filterCount } from "./search";
import type { Selection } from "./selection";
import { ViewsMenu } from "./views-menu";

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
          <ExportMenu filter={props.filter} sort={props.sort} />
          <Link to="/devices/import" className="pf-v6-c-button pf-m-secondary pf-m-small">
            <Icon name="upload" size={15} /> {t("devices.import")}
          </Link>
        </span>
      </div>
      {(expression || search.filter) && (
        <Expression
          text={search.filter ?? ""}
          change={(filter) => change({ filter: filter || undefined })}
          refused={refused?.errors.some((each) => each.pointer === "/filter") ? refused.detail : undefined}
          offset={expressionOffset(search)}
        />
      )}
      <Chips search={search} change={change} />
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
