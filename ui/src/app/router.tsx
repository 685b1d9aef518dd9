// Every address of the UI. Pages other than Today are fetched when they are opened.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
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
const admin = createRoute({
  getParentRoute: () => root,
  path: "/admin",
  component: lazyRouteComponent(() => import("../pages/admin/admin"), "AdminPage"),
});

export const router = createRouter({
  routeTree: root.addChildren([today, devices, imports, device, map, changes, admin]),
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
