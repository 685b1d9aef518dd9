// Ctrl-K: devices by anything that names them, pages, views, commands.

import { Modal, ModalBody } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, useDeferredValue, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { logOut, searchQuery, sessionQuery } from "../api/queries";
import { Icon, type IconName } from "../design/icon";
import { Wire } from "../design/wire";
import { useWords } from "../design/words";
import { chooseLanguage } from "../i18n";
import { placesOf } from "../pages/admin/places";
import { VIEWS } from "../pages/devices/search";
import { chooseTheme, THEMES } from "./theme";

interface Entry {
  id: string;
  group: string;
  icon: IconName;
  text: string;
  more?: string;
  act: () => void;
}

export default function Palette({ close, help }: { close: () => void; help: () => void }) {
  const { t } = useTranslation();
  const [q, setQ] = useState("");
  const [place, setPlace] = useState(0);
  const asked = useDeferredValue(q.trim());
  const found = useQuery(searchQuery(asked));
  const fixed = useFixedEntries(help);
  const devices = useDeviceEntries(asked, found.data);
  const needle = q.trim().toLowerCase();
  const entries = [...devices, ...fixed.filter((each) => !needle || each.text.toLowerCase().includes(needle))];
  const chosen = entries[Math.min(place, entries.length - 1)];
  const run = (entry: Entry | undefined) => {
    if (!entry) return;
    close();
    entry.act();
  };
  const onKey = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step && entries.length > 0) {
      event.preventDefault();
      const next = (Math.min(place, entries.length - 1) + step + entries.length) % entries.length;
      setPlace(next);
      document.getElementById(`palette-${next}`)?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") {
      event.preventDefault();
      run(chosen);
    }
  };
  return (
    <Modal
      isOpen
      variant="medium"
      position="top"
      positionOffset="8vh"
      aria-label={t("palette.title")}
      onClose={close}
      className="palette"
    >
      <ModalBody aria-label={t("palette.title")}>
        <div className="palette-field">
          <Icon name="search" />
          <input
            // biome-ignore lint/a11y/noAutofocus: the palette opens to be typed into
            autoFocus
            type="text"
            role="combobox"
            aria-expanded="true"
            aria-controls="palette-list"
            aria-activedescendant={chosen ? `palette-${entries.indexOf(chosen)}` : undefined}
            aria-label={t("palette.title")}
            placeholder={t("palette.hint")}
            value={q}
            onChange={(event) => {
              setQ(event.target.value);
              setPlace(0);
            }}
            onKeyDown={onKey}
          />
        </div>
        <Entries entries={entries} chosen={chosen} run={run} />
        {entries.length === 0 && <p className="palette-none">{t("palette.nothing", { q })}</p>}
        <p className="palette-keys quiet">{t("palette.keysHint")}</p>
      </ModalBody>
    </Modal>
  );
}

function Entries({
  entries,
  chosen,
  run,
}: {
  entries: Entry[];
  chosen: Entry | undefined;
  run: (entry: Entry) => void;
}) {
  const { t } = useTranslation();
  const groups = [...new Set(entries.map((each) => each.group))];
  return (
    <div id="palette-list" role="listbox" aria-label={t("palette.title")} className="palette-list">
      {groups.map((group) => (
        // biome-ignore lint/a11y/useSemanticElements: a listbox has groups, not fieldsets
        <div key={group} role="group" aria-label={group}>
          <div className="palette-group" aria-hidden="true">
            {group}
          </div>
          {entries.map((each, place) =>
            each.group === group ? (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the field above handles the keys of the list
              <div
                key={each.id}
                id={`palette-${place}`}
                role="option"
                tabIndex={-1}
                aria-selected={each === chosen}
                className="palette-entry"
                onClick={() => run(each)}
              >
                <Icon name={each.icon} size={16} />
                <Wire>{each.text}</Wire>
                {each.more && (
                  <span className="quiet">
                    <Wire>{each.more}</Wire>
                  </span>
                )}
              </div>
            ) : null,
          )}
        </div>
      ))}
    </div>
  );
}

function useDeviceEntries(
  q: string,
  page: { items: import("../api/client").DeviceRow[]; total: number } | undefined,
): Entry[] {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const word = useWords();
  if (q.length < 2 || !page || page.items.length === 0) return [];
  const group = t("palette.devices");
  return [
    ...page.items.map((each) => ({
      id: each.id,
      group,
      icon: each.clinical_class,
      text: each.name ?? each.ips[0] ?? each.macs[0] ?? t("device.unnamed"),
      more: [
        [each.manufacturer, each.model].filter(Boolean).join(" ") || word("type", each.device_type),
        each.serial,
        each.location,
      ]
        .filter(Boolean)
        .join(" · "),
      act: () => navigate({ to: "/devices/$id", params: { id: each.id } }),
    })),
    ...(page.total > page.items.length
      ? [
          {
            id: "all",
            group,
            icon: "search" as const,
            text: t("palette.all", { q }),
            more: String(page.total),
            act: () => navigate({ to: "/devices", search: { q } }),
          },
        ]
      : []),
  ];
}

function useFixedEntries(help: () => void): Entry[] {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const role = useQuery(sessionQuery).data?.user.role;
  return useMemo(() => {
    const pages = t("palette.pages");
    const commands = t("palette.commands");
    return [
      { id: "p-today", group: pages, icon: "today", text: t("nav.today"), act: () => navigate({ to: "/" }) },
      {
        id: "p-devices",
        group: pages,
        icon: "devices",
        text: t("nav.devices"),
        act: () => navigate({ to: "/devices" }),
      },
      { id: "p-map", group: pages, icon: "map", text: t("nav.map"), act: () => navigate({ to: "/map" }) },
      {
        id: "p-changes",
        group: pages,
        icon: "changes",
        text: t("nav.changes"),
        act: () => navigate({ to: "/changes" }),
      },
      ...placesOf(role).map(({ to, word, icon }) => ({
        id: `p-${word}`,
        group: pages,
        icon,
        text: `${t("nav.admin")}: ${t(`admin.tab.${word}`)}`,
        act: () => navigate({ to }),
      })),
      ...VIEWS.map((view) => ({
        id: `v-${view.id}`,
        group: t("palette.views"),
        icon: "star" as const,
        text: t(`devices.view.${view.id}`),
        act: () => navigate({ to: "/devices", search: view.search }),
      })),
      ...THEMES.map((theme) => ({
        id: `t-${theme}`,
        group: commands,
        icon: "edit" as const,
        text: `${t("bar.theme")}: ${t(`theme.${theme}`)}`,
        act: () => chooseTheme(theme),
      })),
      i18n.language === "de"
        ? { id: "l-en", group: commands, icon: "edit", text: "Language: English", act: () => chooseLanguage("en") }
        : { id: "l-de", group: commands, icon: "edit", text: "Sprache: Deutsch", act: () => chooseLanguage("de") },
      { id: "c-keys", group: commands, icon: "keyboard", text: t("keys.title"), act: help },
      { id: "c-out", group: commands, icon: "logout", text: t("bar.logOut"), act: () => logOut() },
    ] satisfies Entry[];
  }, [t, i18n.language, navigate, help, role]);
}
