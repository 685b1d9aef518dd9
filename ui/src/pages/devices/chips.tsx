// The filters that are set, each to be taken away by itself.
import { useTranslation } from "react-i18next";
import { Icon } from "../../design/icon";
import { Wire } from "../../design/wire";
import { useWords } from "../../design/words";
import type { DevicesSearch } from "./search";

const FACETS = ["lifecycle", "class", "type", "manufacturer"] as const;

export function Chips({ search, change }: { search: DevicesSearch; change: (next: Partial<DevicesSearch>) => void }) {
  const { t } = useTranslation();
  const word = useWords();
  const chips = FACETS.flatMap((name) =>
    (search[name] ?? []).map((value) => {
      const rest = search[name]?.filter((each) => each !== value) ?? [];
      return {
        key: `${name} ${value}`,
        name: t(`devices.facet.${name}`),
        text: value === "unknown" ? t("state.unknown") : name === "manufacturer" ? value : word(name, value),
        without: { [name]: rest.length > 0 ? rest : undefined } as Partial<DevicesSearch>,
      };
    }),
  );
  for (const label of search.label ?? []) {
    const rest = search.label?.filter((each) => each !== label) ?? [];
    chips.push({
      key: `label ${label}`,
      name: t("labels.label"),
      text: label,
      without: { label: rest.length > 0 ? rest : undefined },
    });
  }
  if (search.filter)
    chips.push({ key: "filter", name: t("devices.expression"), text: search.filter, without: { filter: undefined } });
  if (search.unknown)
    chips.push({
      key: "unknown",
      name: t("devices.facets"),
      text: t("devices.onlyUnknown"),
      without: { unknown: undefined },
    });
  if (chips.length === 0) return null;
  return (
    <ul className="filter-chips" aria-label={t("devices.facets")}>
      {chips.map((each) => (
        <li key={each.key}>
          <span className="quiet">{each.name}</span>
          <b className="clip">
            <Wire>{each.text}</Wire>
          </b>
          <button
            type="button"
            aria-label={t("devices.removeFilter", { name: `${each.name}: ${each.text}` })}
            onClick={() => change(each.without)}
          >
            <Icon name="close" size={13} />
          </button>
        </li>
      ))}
    </ul>
  );
}
