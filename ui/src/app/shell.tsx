// What is around every page: rail, bar, login, palette, shortcuts.
import {
  Button,
  Dropdown,
  DropdownGroup,
  DropdownItem,
  DropdownList,
  MenuToggle,
  Modal,
  ModalBody,
  ModalHeader,
} from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { onSessionExpired, type Session } from "../api/client";
import { logOut, queryClient, sessionQuery, summaryQuery } from "../api/queries";
import { Icon, type IconName, Mark } from "../design/icon";
import { Empty, Problem, Skeleton } from "../design/parts";
import { chooseLanguage, LANGUAGES, type Language } from "../i18n";
import { useLive } from "./live";
import { LoginForm, LoginPage } from "./login";
import { useShortcuts } from "./shortcuts";
import { chooseTheme, THEMES, useTheme } from "./theme";

const Palette = lazy(() => import("./palette"));
const OwnPassword = lazy(() => import("../pages/admin/user-dialogs").then((page) => ({ default: page.OwnPassword })));

const NAV: {
  to: "/" | "/devices" | "/map" | "/changes" | "/admin";
  word: "today" | "devices" | "map" | "changes" | "admin";
  icon: IconName;
}[] = [
  { to: "/", word: "today", icon: "today" },
  { to: "/devices", word: "devices", icon: "devices" },
  { to: "/map", word: "map", icon: "map" },
  { to: "/changes", word: "changes", icon: "changes" },
  { to: "/admin", word: "admin", icon: "admin" },
];

export function Shell() {
  const session = useQuery(sessionQuery);
  if (session.isPending)
    return (
      <main className="login">
        <Skeleton lines={3} />
      </main>
    );
  if (session.isError)
    return (
      <main className="login">
        <Problem error={session.error} retry={() => session.refetch()} />
      </main>
    );
  return session.data ? <Frame session={session.data} /> : <LoginPage />;
}

function Frame({ session }: { session: Session }) {
  const { t } = useTranslation();
  const [expired, setExpired] = useState(false);
  const [palette, setPalette] = useState(false);
  const [help, setHelp] = useState(false);
  const [password, setPassword] = useState(false);
  const live = useLive(!expired);
  const main = useRef<HTMLElement>(null);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const shown = useRef(path);
  useEffect(() => onSessionExpired(() => setExpired(true)), []);
  useShortcuts({ palette: () => setPalette(true), help: () => setHelp(true) });
  // A new page is announced from its beginning.
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    main.current?.focus({ preventScroll: true });
  }, [path]);
  return (
    <div className="frame">
      <a className="skip" href="#content">
        {t("app.skip")}
      </a>
      <Rail />
      <header className="bar">
        <Link to="/" className="bar-mark" aria-label={t("app.name")}>
          <Mark size={26} />
        </Link>
        <button type="button" className="bar-search" onClick={() => setPalette(true)}>
          <Icon name="search" size={16} />
          <span>{t("bar.search")}</span>
          <kbd>Ctrl K</kbd>
        </button>
        <span
          className={live ? "live" : "live live-off"}
          role="status"
          title={t(live ? "bar.liveHint" : "bar.offlineHint")}
        >
          <i aria-hidden="true" />
          {t(live ? "bar.live" : "bar.offline")}
        </span>
        <Account session={session} help={() => setHelp(true)} password={() => setPassword(true)} />
      </header>
      <main id="content" ref={main} tabIndex={-1} className="page">
        <Suspense fallback={<Skeleton lines={10} />}>
          <Outlet />
        </Suspense>
      </main>
      <Suspense>{palette && <Palette close={() => setPalette(false)} help={() => setHelp(true)} />}</Suspense>
      <Suspense>{password && <OwnPassword close={() => setPassword(false)} />}</Suspense>
      {help && <KeyHelp close={() => setHelp(false)} />}
      {expired && (
        <Modal isOpen variant="small" aria-labelledby="expired-title" disableFocusTrap={false}>
          <ModalHeader title={t("login.expired")} labelId="expired-title" description={t("login.expiredText")} />
          <ModalBody>
            <LoginForm
              name={session.user.name}
              done={() => {
                setExpired(false);
                queryClient.invalidateQueries();
              }}
            />
          </ModalBody>
        </Modal>
      )}
    </div>
  );
}

function Rail() {
  const { t } = useTranslation();
  const waiting = useQuery(summaryQuery).data?.awaiting_approval ?? 0;
  return (
    <nav className="rail" aria-label={t("app.menu")}>
      <Link to="/" className="rail-brand" tabIndex={-1} aria-hidden="true">
        <Mark />
        <span>{t("app.name")}</span>
      </Link>
      <ul>
        {NAV.map(({ to, word, icon }) => (
          <li key={to}>
            <Link
              to={to}
              activeOptions={{ exact: to === "/", includeSearch: false }}
              activeProps={{ "aria-current": "page" }}
            >
              <Icon name={icon} />
              <span>{t(`nav.${word}`)}</span>
              {word === "today" && waiting > 0 && (
                <b className="rail-count" title={t("today.approval", { count: waiting })}>
                  {waiting}
                </b>
              )}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Account({ session, help, password }: { session: Session; help: () => void; password: () => void }) {
  const { t, i18n } = useTranslation();
  const [open, setOpen] = useState(false);
  const theme = useTheme();
  return (
    <Dropdown
      isOpen={open}
      onOpenChange={setOpen}
      onSelect={() => setOpen(false)}
      popperProps={{ position: "end", appendTo: "inline" }}
      toggle={(ref) => (
        <MenuToggle ref={ref} variant="plainText" isExpanded={open} onClick={() => setOpen(!open)} className="account">
          <span className="avatar" aria-hidden="true">
            {session.user.name.slice(0, 1).toUpperCase()}
          </span>
          <span className="account-name" aria-hidden="true">
            {session.user.name}
          </span>
          <span className="sr">{t("bar.account", { name: session.user.name })}</span>
        </MenuToggle>
      )}
    >
      <DropdownGroup label={t("bar.theme")} labelHeadingLevel="h2">
        <DropdownList>
          {THEMES.map((each) => (
            <DropdownItem key={each} isSelected={theme === each} onClick={() => chooseTheme(each)}>
              {t(`theme.${each}`)}
            </DropdownItem>
          ))}
        </DropdownList>
      </DropdownGroup>
      <DropdownGroup label={t("bar.language")} labelHeadingLevel="h2">
        <DropdownList>
          {(Object.keys(LANGUAGES) as Language[]).map((each) => (
            <DropdownItem
              key={each}
              lang={each}
              isSelected={i18n.language === each}
              onClick={() => chooseLanguage(each)}
            >
              {LANGUAGES[each]}
            </DropdownItem>
          ))}
        </DropdownList>
      </DropdownGroup>
      <DropdownList className="menu-end">
        <DropdownItem onClick={password}>{t("users.own")}</DropdownItem>
        <DropdownItem onClick={help}>{t("bar.keys")}</DropdownItem>
        <DropdownItem onClick={() => logOut()}>{t("bar.logOut")}</DropdownItem>
      </DropdownList>
    </Dropdown>
  );
}

function KeyHelp({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const rows: [string, string[]][] = [
    [t("keys.palette"), ["Ctrl", "K"]],
    [t("keys.slash"), ["/"]],
    [t("keys.today"), ["g", "t"]],
    [t("keys.devices"), ["g", "d"]],
    [t("keys.map"), ["g", "m"]],
    [t("keys.changes"), ["g", "c"]],
    [t("keys.admin"), ["g", "a"]],
    [t("keys.help"), ["?"]],
  ];
  return (
    <Modal isOpen variant="small" aria-labelledby="keys-title" onClose={close}>
      <ModalHeader title={t("keys.title")} labelId="keys-title" />
      <ModalBody>
        <dl className="keys">
          {rows.map(([what, keys]) => (
            <div key={what}>
              <dt>{what}</dt>
              <dd>
                {keys.map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </dd>
            </div>
          ))}
        </dl>
      </ModalBody>
    </Modal>
  );
}

export function NotFound() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <Empty icon="unknown" title={t("state.notFound")}>
      <h1 className="sr">{t("state.notFound")}</h1>
      <p>{t("state.notFoundText")}</p>
      <Button variant="secondary" onClick={() => navigate({ to: "/" })}>
        {t("state.back")}
      </Button>
    </Empty>
  );
}
