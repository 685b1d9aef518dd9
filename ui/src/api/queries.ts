// Every question that pages ask the hub, with its key.
import { infiniteQueryOptions, QueryClient, queryOptions } from "@tanstack/react-query";
import { answerOf, api, type Lifecycle, ProblemError, rememberToken, type Session, token } from "./client";

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      retry: (count, error) =>
        count < 2 && !(error instanceof ProblemError && error.status >= 400 && error.status < 500),
      refetchOnWindowFocus: false,
    },
  },
});

export interface DeviceFilter {
  q?: string;
  filter?: string;
  class?: string[];
  lifecycle?: string[];
  type?: string[];
  manufacturer?: string[];
  unknown?: boolean;
}

export const PAGE = 100;

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async (): Promise<Session | null> => {
    try {
      const session = await answerOf(api.GET("/api/v1/session"));
      rememberToken(session.csrf_token);
      return session;
    } catch (error) {
      if (error instanceof ProblemError && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: Number.POSITIVE_INFINITY,
});

export const summaryQuery = queryOptions({
  queryKey: ["summary"],
  queryFn: () => answerOf(api.GET("/api/v1/summary")),
});

export const devicesQuery = (filter: DeviceFilter, sort: string) =>
  infiniteQueryOptions({
    queryKey: ["devices", "list", filter, sort],
    queryFn: ({ pageParam }) =>
      answerOf(
        api.GET("/api/v1/devices", {
          params: { query: { ...filter, sort, limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    placeholderData: (before) => before,
  });

export const facetsQuery = (filter: DeviceFilter) =>
  queryOptions({
    queryKey: ["devices", "facets", filter],
    queryFn: () => answerOf(api.GET("/api/v1/devices/facets", { params: { query: filter } })),
    placeholderData: (before) => before,
  });

/** A few devices for the command palette. */
export const searchQuery = (q: string) =>
  queryOptions({
    queryKey: ["devices", "search", q],
    queryFn: () => answerOf(api.GET("/api/v1/devices", { params: { query: { q, limit: 8 } } })),
    enabled: q.trim().length > 1,
    placeholderData: (before) => before,
  });

export const deviceQuery = (id: string) =>
  queryOptions({
    queryKey: ["device", id],
    queryFn: () => answerOf(api.GET("/api/v1/devices/{id}", { params: { path: { id } } })),
  });

export const conversationsQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ["device", id, "conversations"],
    queryFn: ({ pageParam }) =>
      answerOf(
        api.GET("/api/v1/devices/{id}/conversations", {
          params: { path: { id }, query: { limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
  });

export const deviceChangesQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ["device", id, "changes"],
    queryFn: ({ pageParam }) =>
      answerOf(
        api.GET("/api/v1/devices/{id}/changes", {
          params: { path: { id }, query: { limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
  });

export const changesQuery = (limit = PAGE) =>
  infiniteQueryOptions({
    queryKey: ["changes", limit],
    queryFn: ({ pageParam }) =>
      answerOf(
        api.GET("/api/v1/changes", { params: { query: { limit, ...(pageParam ? { cursor: pageParam } : {}) } } }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
  });

export const mapQuery = queryOptions({ queryKey: ["map"], queryFn: () => answerOf(api.GET("/api/v1/map")) });
export const sensorsQuery = queryOptions({
  queryKey: ["sensors"],
  queryFn: () => answerOf(api.GET("/api/v1/sensors")),
});
export const aboutQuery = queryOptions({
  queryKey: ["about"],
  queryFn: () => answerOf(api.GET("/api/v1/about")),
  staleTime: Number.POSITIVE_INFINITY,
});

export async function logIn(name: string, password: string): Promise<Session> {
  const session = await answerOf(api.POST("/api/v1/session", { body: { name, password } }));
  rememberToken(session.csrf_token);
  queryClient.setQueryData(sessionQuery.queryKey, session);
  return session;
}

export async function logOut(): Promise<void> {
  await api.DELETE("/api/v1/session", { params: { header: token() } });
  queryClient.clear();
  queryClient.setQueryData(sessionQuery.queryKey, null);
}

/** A key for one act. Works without TLS too, where `crypto.randomUUID` does not exist. */
export function freshKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (each) => each.toString(16).padStart(2, "0")).join("");
}

/** `key` stays the same when the same act is tried again, so that it is done once. */
export const setLifecycle = (ids: string[], to: Lifecycle, why: string, key: string) =>
  answerOf(
    api.POST("/api/v1/devices/lifecycle", {
      params: { header: { ...token(), "Idempotency-Key": key } },
      body: { ids, to, why },
    }),
  );

export const assertAttribute = (id: string, version: number, asserted: Record<string, string | null>, why: string) =>
  answerOf(
    api.PATCH("/api/v1/devices/{id}", {
      params: { path: { id }, header: { ...token(), "If-Match": `"${version}"` } },
      body: { asserted, why },
    }),
  );

/** What a change of devices makes old. */
export function forgetDevices(): void {
  for (const key of [["devices"], ["device"], ["summary"], ["changes"], ["map"]])
    queryClient.invalidateQueries({ queryKey: key });
}
