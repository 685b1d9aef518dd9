// What people do to the inventory beyond its lifecycle, and what they ask about it: one function for each route.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answerOf, api, type Schemas, token } from "./client";
import { type DeviceFilter, forgetDevices, queryClient } from "./queries";

export type Adjustment = Schemas["Adjustment"];
export type SavedView = Schemas["SavedView"];
export type ViewContent = Schemas["SavedViewRequest"];
export type ImportRequest = Schemas["ImportRequest"];
export type ImportResult = Schemas["ImportResult"];
export type PatientState = Schemas["PatientState"];

/** Devices of a page of the FHIR export. */
const FHIR_PAGE = 500;

const written = (key: string) => ({ ...token(), "Idempotency-Key": key });
const matched = (version: number) => ({ ...token(), "If-Match": `"${version}"` });

export const viewsQuery = queryOptions({
  queryKey: ["views"],
  queryFn: async () => (await answerOf(api.GET("/api/v1/views", { params: { query: { limit: 500 } } }))).items,
});

const forgetViews = () => queryClient.invalidateQueries({ queryKey: viewsQuery.queryKey });

export async function saveView(content: ViewContent, key: string): Promise<SavedView> {
  const made = await answerOf(api.POST("/api/v1/views", { params: { header: written(key) }, body: content }));
  forgetViews();
  return made;
}

export async function changeView({ id, version }: SavedView, content: ViewContent): Promise<void> {
  try {
    await answerOf(
      api.PUT("/api/v1/views/{id}", { params: { path: { id }, header: matched(version) }, body: content }),
    );
  } finally {
    forgetViews();
  }
}

export async function deleteView({ id, version }: SavedView): Promise<void> {
  try {
    await answerOf(api.DELETE("/api/v1/views/{id}", { params: { path: { id }, header: matched(version) } }));
  } finally {
    forgetViews();
  }
}

const readDevice = (id: string) => answerOf(api.GET("/api/v1/devices/{id}", { params: { path: { id } } }));

export const putLabels = (id: string, version: number, labels: string[], why: string) =>
  answerOf(
    api.PUT("/api/v1/devices/{id}/labels", {
      params: { path: { id }, header: matched(version) },
      body: { labels, why },
    }),
  );

/** Puts one label on a device or takes it off; the others are as the hub has them now. */
export async function changeLabel(id: string, label: string, on: boolean, why: string): Promise<void> {
  const { labels, version } = await readDevice(id);
  const next = labels.filter((each) => each !== label);
  await putLabels(id, version, on ? [...next, label] : next, why);
}

export const putQuarantine = (id: string, version: number, quarantined: boolean, why: string) =>
  answerOf(
    api.PUT("/api/v1/devices/{id}/quarantine", {
      params: { path: { id }, header: matched(version) },
      body: { quarantined, why },
    }),
  );

export const reportPatient = (id: string, state: PatientState, why: string, key: string) =>
  answerOf(
    api.POST("/api/v1/devices/{id}/patient-state", {
      params: { path: { id }, header: written(key) },
      body: { state, why },
    }),
  );

export const mergeDevices = (id: string, other: string, why: string, key: string) =>
  answerOf(
    api.POST("/api/v1/devices/{id}/merge", { params: { path: { id }, header: written(key) }, body: { other, why } }),
  );

export const splitDevice = (id: string, anchor: string, why: string, key: string) =>
  answerOf(
    api.POST("/api/v1/devices/{id}/split", { params: { path: { id }, header: written(key) }, body: { anchor, why } }),
  );

export const undoAdjustment = (id: string, why: string, key: string) =>
  answerOf(
    api.POST("/api/v1/adjustments/{id}/undo", { params: { path: { id }, header: written(key) }, body: { why } }),
  );

/** Merges and splits that a device has a part in, the latest first. */
export const adjustmentsQuery = (device: string) =>
  infiniteQueryOptions({
    queryKey: ["device", device, "adjustments"],
    queryFn: ({ pageParam }) =>
      answerOf(
        api.GET("/api/v1/adjustments", {
          params: { query: { device, limit: 50, ...(pageParam ? { cursor: pageParam } : {}) } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
  });

export async function importFile(body: ImportRequest, key: string): Promise<ImportResult> {
  const result = await answerOf(api.POST("/api/v1/devices/import", { params: { header: written(key) }, body }));
  if (!body.dry_run) forgetDevices();
  return result;
}

/** The devices of a filter as the hub writes them for spreadsheets. */
export const exportCsv = (filter: DeviceFilter, sort: string) =>
  answerOf(api.GET("/api/v1/devices/export", { params: { query: { ...filter, sort } }, parseAs: "text" }));

interface Bundle {
  link?: { relation: string; url: string }[];
  entry?: unknown[];
}

/** All devices of a filter as one FHIR R4 `Bundle`, page by page. */
export async function exportFhir(filter: DeviceFilter, sort: string): Promise<string> {
  let whole: Bundle | null = null;
  let cursor: string | null = null;
  do {
    const query = { ...filter, sort, limit: FHIR_PAGE, ...(cursor ? { cursor } : {}) };
    const page: Bundle = (await answerOf(api.GET("/api/v1/devices/fhir", { params: { query } }))) as Bundle;
    const next = page.link?.find((each) => each.relation === "next")?.url;
    cursor = next ? new URL(next, window.location.origin).searchParams.get("cursor") : null;
    const entry: unknown[] = [...(whole?.entry ?? []), ...(page.entry ?? [])];
    whole = { ...(whole ?? page), link: page.link?.filter((each) => each.relation === "self"), entry };
  } while (cursor);
  return JSON.stringify(whole, null, 2);
}

export const deviceFhir = async (id: string) =>
  JSON.stringify(await answerOf(api.GET("/api/v1/devices/{id}/fhir", { params: { path: { id } } })), null, 2);
