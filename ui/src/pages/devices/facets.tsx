// How many devices each choice would leave.

import { Button } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { facetsQuery } from "../../api/queries";
import { number } from "../../design/format";
import { Icon } from "../../design/icon";
import { Skeleton } from "../../design/parts";
import { Wire } from "../../design/wire";
import { useWords } from "../../design/words";
import { LabelFilter } from "./label-filter";
import { type DevicesSearch, filterCount, filterOf } from "./search";

const FACETS = ["lifecycle", "class", "type", "manufacturer"] as const;
const FEW = 7;

interface Props {
  search: DevicesSearch;
  change: (next: Partial<DevicesSearch>) => void;
  open: boolean;
  close: () => void;
  /** Labels of the devices that are listed. */
  labels: string[];
}

export function Facets({ search, change, open, close, labels }: Props) {
  const { t } = useTranslation();
  const facets = useQuery(facetsQuery(useMemo(() => filterOf(search), [search])));
  const count = filterCount(search);
  return (
    <aside className={open ? "facets facets-open" : "facets"} aria-label={t("devices.facets")}>
      <div className="facets-head">
        <h2>{t("devices.facets")}</h2>
        {count > 0 && (
          <Button
            variant="link"
            isInline
            size="sm"
            onClick={() =>
              change({
                q: undefined,
                filter: undefined,
                unknown: undefined,
                class: undefined,
                lifecycle: undefined,
                type: undefined,
                manufacturer: undefined,
                label: undefined,
              })
            }
          >
            {t("devices.clearAll")}
          </Button>
        )}
        <button type="button" className="facets-close" aria-label={t("state.close")} onClick={close}>
          <Icon name="close" />
        </button>
      </div>
      <label className="facet-value facet-unknown">
        <input
          type="checkbox"
          checked={search.unknown ?? false}
          onChange={(event) => change({ unknown: event.target.checked || undefined })}
        />
        <span>{t("devices.onlyUnknown")}</span>
      </label>
      <LabelFilter chosen={search.label ?? []} known={labels} change={(label) => change({ label })} />
      {facets.data ? (
        FACETS.map((each) => (
          <Facet key={each} name={each} values={facets.data[each]} chosen={search[each] ?? []} change={change} />
        ))
      ) : facets.isPending ? (
        <Skeleton lines={10} />
      ) : null}
    </aside>
  );
}

function Facet({
  name,
  values,
  chosen,
  change,
}: {
  name: (typeof FACETS)[number];
  values: { value: string | null; count: number }[];
  chosen: string[];
  change: Props["change"];
}) {
  const { t, i18n } = useTranslation();
  const word = useWords();
  const [all, setAll] = useState(false);
  // What is chosen stays in sight, even where nothing is left of it.
  const rows = [
    ...values.map((each) => ({ value: each.value ?? "unknown", count: each.count })),
    ...chosen
      .filter((each) => !values.some((known) => (known.value ?? "unknown") === each))
      .map((value) => ({ value, count: 0 })),
  ];
  const shown = all ? rows : rows.filter((each, place) => place < FEW || chosen.includes(each.value));
  const show = (value: string) =>
    value === "unknown" ? t("state.unknown") : name === "manufacturer" ? value : word(name, value);
  return (
    <fieldset className="facet">
      <legend>{t(`devices.facet.${name}`)}</legend>
      {shown.map((each) => (
        <label key={each.value} className="facet-value">
          <input
            type="checkbox"
            checked={chosen.includes(each.value)}
            onChange={(event) => {
              const next = event.target.checked
                ? [...chosen, each.value]
                : chosen.filter((other) => other !== each.value);
              change({ [name]: next.length > 0 ? next : undefined });
            }}
          />
          <span className={each.value === "unknown" ? "clip unknown" : "clip"}>
            <Wire>{show(each.value)}</Wire>
          </span>
          <span className="facet-count">{number(each.count, i18n.language)}</span>
        </label>
      ))}
      {rows.length > FEW && (
        <button type="button" className="facet-more" onClick={() => setAll(!all)}>
          {all ? t("devices.fewerValues") : t("devices.moreValues", { count: rows.length - FEW })}
        </button>
      )}
    </fieldset>
  );
}
