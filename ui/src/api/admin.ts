// What the pages of Admin ask the hub, and what they have it do. `key` stays the same when the same act is tried again.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answerOf, api, rememberToken, type Schemas, token } from "./client";
import { queryClient, sessionQuery } from "./queries";

export type Account = Schemas["Account"];
export type Role = Schemas["Role"];
export type ChangeWindow = Schemas["ChangeWindow"];
export type Campaign = Schemas["Campaign"];
export type AuditItem = Schemas["AuditItem"];
export type AuditOutcome = Schemas["AuditOutcome"];
export type DeviceModel = Schemas["DeviceModel"];
export type Backup = Schemas["Backup"];
export type SiteChange = Schemas["SiteChangeView"];

const LIST = 100;
/** Devices that are looked up by name for one audit. */
const NAMED_MAX = 2000;

const once = (key: string) => ({ ...token(), "Idempotency-Key": key });
const match = (version: number) => ({ ...token(), "If-Match": `"${version}"` });
const further = (cursor: string | null) => (cursor ? { cursor } : {});

export const usersQuery = queryOptions({
  queryKey: ["admin", "users"],
  queryFn: () => answerOf(api.GET("/api/v1/users")),
});
export const windowsQuery = infiniteQueryOptions({
  queryKey: ["admin", "windows"],
  queryFn: ({ pageParam }) =>
    answerOf(api.GET("/api/v1/change-windows", { params: { query: { limit: LIST, ...further(pageParam) } } })),
  initialPageParam: null as string | null,
  getNextPageParam: (last) => last.next_cursor,
  // A window opens and ends by the clock; no event tells of it.
  refetchInterval: 60_000,
});
export const campaignsQuery = infiniteQueryOptions({
  queryKey: ["admin", "campaigns"],
  queryFn: ({ pageParam }) =>
    answerOf(api.GET("/api/v1/campaigns", { params: { query: { limit: LIST, ...further(pageParam) } } })),
  initialPageParam: null as string | null,
  getNextPageParam: (last) => last.next_cursor,
});
export const overdueQuery = queryOptions({
  queryKey: ["admin", "overdue"],
  queryFn: () => answerOf(api.GET("/api/v1/campaigns", { params: { query: { overdue: true, limit: LIST } } })),
  refetchInterval: 60_000,
});
export const campaignQuery = (id: string) =>
  queryOptions({
    queryKey: ["admin", "campaign", id],
    queryFn: () => answerOf(api.GET("/api/v1/campaigns/{id}", { params: { path: { id } } })),
  });
export const itemsQuery = (id: string, open: boolean | undefined) =>
  infiniteQueryOptions({
    queryKey: ["admin", "campaign", id, "items", open],
    queryFn: ({ pageParam }) =>
      answerOf(
        api.GET("/api/v1/campaigns/{id}/items", {
          params: {
            path: { id },
            query: { limit: LIST, ...(open === undefined ? {} : { open }), ...further(pageParam) },
          },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    placeholderData: (before) => before,
  });
/** The devices of a filter by id: an audit names its devices by id only. */
export const namedQuery = (filter: string) =>
  queryOptions({
    queryKey: ["devices", "named", filter],
    queryFn: async () => {
      const found = new Map<string, Schemas["DeviceRow"]>();
      let cursor: string | null = null;
      do {
        const page: Schemas["DevicePage"] = await answerOf(
          api.GET("/api/v1/devices", {
            params: { query: { limit: 500, ...(filter ? { filter } : {}), ...further(cursor) } },
          }),
        );
        for (const each of page.items) found.set(each.id, each);
        cursor = page.next_cursor;
      } while (cursor && found.size < NAMED_MAX);
      return found;
    },
  });
export const previewQuery = (filter: string) =>
  queryOptions({
    queryKey: ["devices", "preview", filter],
    queryFn: () =>
      answerOf(api.GET("/api/v1/devices", { params: { query: { limit: 4, ...(filter ? { filter } : {}) } } })),
    retry: false,
    placeholderData: (before) => before,
  });
export const modelsQuery = infiniteQueryOptions({
  queryKey: ["admin", "models"],
  queryFn: ({ pageParam }) =>
    answerOf(api.GET("/api/v1/models", { params: { query: { limit: LIST, ...further(pageParam) } } })),
  initialPageParam: null as string | null,
  getNextPageParam: (last) => last.next_cursor,
});
export const backupsQuery = queryOptions({
  queryKey: ["admin", "backups"],
  queryFn: () => answerOf(api.GET("/api/v1/backups")),
});
/** An operation, looked at until it has ended. */
export const operationQuery = (id: string | null) =>
  queryOptions({
    queryKey: ["operation", id],
    queryFn: () => answerOf(api.GET("/api/v1/operations/{id}", { params: { path: { id: id ?? "" } } })),
    enabled: id !== null,
    refetchInterval: ({ state }) => (state.data && state.data.state !== "running" ? false : 1000),
  });
/** Tokens that no sensor used yet; they go by themselves. */
export const enrolmentsQuery = queryOptions({
  queryKey: ["sensors", "enrolments"],
  queryFn: () => answerOf(api.GET("/api/v1/sensors/enrolments")),
  refetchInterval: 60_000,
});
export const recordQuery = infiniteQueryOptions({
  queryKey: ["admin", "record"],
  queryFn: ({ pageParam }) =>
    answerOf(api.GET("/api/v1/site-changes", { params: { query: { limit: LIST, ...further(pageParam) } } })),
  initialPageParam: null as string | null,
  getNextPageParam: (last) => last.next_cursor,
});

/** What an act of Admin makes old. */
export function forgetAdmin(): void {
  for (const key of [["admin"], ["sensors"], ["summary"]]) queryClient.invalidateQueries({ queryKey: key });
}

export const enrolSensor = (name: string, key: string) =>
  answerOf(api.POST("/api/v1/sensors/enrolments", { params: { header: once(key) }, body: { name } }));
export const cancelEnrolment = (sensor: string) =>
  answerOf(api.DELETE("/api/v1/sensors/enrolments/{id}", { params: { path: { id: sensor }, header: token() } }));
export const revokeSensor = (id: string, why: string, key: string) =>
  answerOf(api.POST("/api/v1/sensors/{id}/revoke", { params: { path: { id }, header: once(key) }, body: { why } }));

export const addUser = (body: Schemas["NewAccount"], key: string) =>
  answerOf(api.POST("/api/v1/users", { params: { header: once(key) }, body }));
export const setRole = ({ name, version }: Account, role: Role, why: string) =>
  answerOf(
    api.PUT("/api/v1/users/{id}/role", {
      params: { path: { id: name }, header: match(version) },
      body: { role, why },
    }),
  );
export const setPassword = ({ name, version }: Account, password: string, why: string) =>
  answerOf(
    api.PUT("/api/v1/users/{id}/password", {
      params: { path: { id: name }, header: match(version) },
      body: { password, why },
    }),
  );
/** Every other session of the account ends; this one goes on with a new token. */
export async function setOwnPassword(current: string, password: string): Promise<void> {
  const session = await answerOf(
    api.PUT("/api/v1/session/password", { params: { header: token() }, body: { current, password } }),
  );
  rememberToken(session.csrf_token);
  queryClient.setQueryData(sessionQuery.queryKey, session);
}

export const planWindow = (body: Schemas["NewChangeWindow"], key: string) =>
  answerOf(api.POST("/api/v1/change-windows", { params: { header: once(key) }, body }));
export const cancelWindow = (id: string, why: string, key: string) =>
  answerOf(
    api.POST("/api/v1/change-windows/{id}/cancel", { params: { path: { id }, header: once(key) }, body: { why } }),
  );

export const beginAudit = (body: Schemas["NewCampaign"], key: string) =>
  answerOf(api.POST("/api/v1/campaigns", { params: { header: once(key) }, body }));
export const answerAudit = (id: string, answers: Schemas["AuditAnswer"][], key: string) =>
  answerOf(
    api.POST("/api/v1/campaigns/{id}/answers", { params: { path: { id }, header: once(key) }, body: { answers } }),
  );
export const signAudit = (id: string, why: string, key: string) =>
  answerOf(api.POST("/api/v1/campaigns/{id}/sign-off", { params: { path: { id }, header: once(key) }, body: { why } }));

export const addModel = (body: Schemas["NewDeviceModel"], key: string) =>
  answerOf(api.POST("/api/v1/models", { params: { header: once(key) }, body }));
export const setModel = ({ id, version }: DeviceModel, defaults: Record<string, string | null>, why: string) =>
  answerOf(
    api.PATCH("/api/v1/models/{id}", { params: { path: { id }, header: match(version) }, body: { defaults, why } }),
  );

export const makeBackup = (body: Schemas["BackupRequest"], key: string) =>
  answerOf(api.POST("/api/v1/backups", { params: { header: once(key) }, body }));
export const removeBackup = (id: string) =>
  answerOf(api.DELETE("/api/v1/backups/{id}", { params: { path: { id }, header: token() } }));
