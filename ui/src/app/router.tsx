// Every address of the UI. Pages other than Today are fetched when they are opened.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { Problem } from "../design/parts";
import { type DevicesSearch, readDevicesSearch } from "../pages/devices/search";
import { Today } from "../pages/today/today";
import { NotFound, Shell } from "./shell";
import { readSearch, writeSearch } from "./url";

export const DEVICE_TABS = ["summary", "conversations", "timeline", "evidence", "raw"] as const;
export type DeviceTab = (typeof DEVICE_TABS)[number];
export const MAP_VIEWS = ["picture", "matrix"] as const;
export type MapView = (typeof MAP_VIEWS)[number];

const root = createRootRoute({
  component: Shell,
  notFoundComponent: NotFound,
  errorComponent: ({ error, reset }) => <Problem error={error} retry={reset} />,
});

const today = createRoute({ getParentRoute: () => root, path: "/", component: Today });
const devices = createRoute({
  getParentRoute: () => root,
  path: "/devices",
  validateSearch: (search): DevicesSearch => readDevicesSearch(search),
  component: lazyRouteComponent(() => import("../pages/devices/devices"), "Devices"),
});
const imports = createRoute({
  getParentRoute: () => root,
  path: "/devices/import",
  component: lazyRouteComponent(() => import("../pages/import/import"), "ImportPage"),
});
const device = createRoute({
  getParentRoute: () => root,
  path: "/devices/$id",
  validateSearch: (search): { tab?: DeviceTab; open?: string } => ({
    ...(DEVICE_TABS.includes(search.tab as DeviceTab) && search.tab !== "summary"
      ? { tab: search.tab as DeviceTab }
      : {}),
    ...(typeof search.open === "string" ? { open: search.open } : {}),
  }),
  component: lazyRouteComponent(() => import("../pages/device/device"), "DevicePage"),
});
const map = createRoute({
  getParentRoute: () => root,
  path: "/map",
  validateSearch: (search): { view?: MapView; zone?: string } => ({
    ...(MAP_VIEWS.includes(search.view as MapView) ? { view: search.view as MapView } : {}),
    ...(typeof search.zone === "string" ? { zone: search.zone } : {}),
  }),
  component: lazyRouteComponent(() => import("../pages/map/map"), "MapPage"),
});
const changes = createRoute({
  getParentRoute: () => root,
  path: "/changes",
  component: lazyRouteComponent(() => import("../pages/changes/changes"), "ChangesPage"),
});
// Admin: one page a thing, under one row of tabs.
const admin = createRoute({
  getParentRoute: () => root,
  path: "/admin",
  component: lazyRouteComponent(() => import("../pages/admin/layout"), "AdminPage"),
});
const adminFirst = createRoute({
  getParentRoute: () => admin,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/admin/sensors", replace: true });
  },
});
const adminSensors = createRoute({
  getParentRoute: () => admin,
  path: "sensors",
  component: lazyRouteComponent(() => import("../pages/admin/sensors"), "SensorsPage"),
});
const adminUsers = createRoute({
  getParentRoute: () => admin,
  path: "users",
  component: lazyRouteComponent(() => import("../pages/admin/users"), "UsersPage"),
});
const adminWindows = createRoute({
  getParentRoute: () => admin,
  path: "windows",
  component: lazyRouteComponent(() => import("../pages/admin/windows"), "WindowsPage"),
});
const adminAudits = createRoute({
  getParentRoute: () => admin,
  path: "audits",
  component: lazyRouteComponent(() => import("../pages/admin/audits"), "AuditsPage"),
});
const adminAudit = createRoute({
  getParentRoute: () => admin,
  path: "audits/$id",
  component: lazyRouteComponent(() => import("../pages/admin/audit"), "AuditPage"),
});
const adminModels = createRoute({
  getParentRoute: () => admin,
  path: "models",
  component: lazyRouteComponent(() => import("../pages/admin/models"), "ModelsPage"),
});
const adminBackups = createRoute({
  getParentRoute: () => admin,
  path: "backups",
  component: lazyRouteComponent(() => import("../pages/admin/backups"), "BackupsPage"),
});
const adminRecord = createRoute({
  getParentRoute: () => admin,
  path: "record",
  component: lazyRouteComponent(() => import("../pages/admin/record"), "RecordPage"),
});
const adminAbout = createRoute({
  getParentRoute: () => admin,
  path: "about",
  component: lazyRouteComponent(() => import("../pages/admin/about"), "AboutPage"),
});
const adminPages = admin.addChildren([
  adminFirst,
  adminSensors,
  adminUsers,
  adminWindows,
  adminAudits,
  adminAudit,
  adminModels,
  adminBackups,
  adminRecord,
  adminAbout,
]);

export const router = createRouter({
  routeTree: root.addChildren([today, devices, imports, device, map, changes, adminPages]),
  defaultPreload: "intent",
  parseSearch: readSearch,
  stringifySearch: writeSearch,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
