// The typed client of the hub's API, and its errors.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.gen";

export type Schemas = components["schemas"];
export type DeviceRow = Schemas["DeviceRow"];
export type Device = Schemas["Device"];
export type Lifecycle = Schemas["Lifecycle"];
export type ClinicalClass = Schemas["ClinicalClass"];
export type Conversation = Schemas["Conversation"];
export type Change = Schemas["Change"];
export type Sensor = Schemas["Sensor"];
export type Summary = Schemas["Summary"];
export type Evidence = Schemas["Evidence"];
export type Session = Schemas["Session"];

/** What the hub said was wrong (RFC 9457), or that it could not be reached (status 0). */
export class ProblemError extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string | undefined,
    readonly errors: { pointer: string; detail: string }[] = [],
  ) {
    super(detail ?? title);
    this.name = "ProblemError";
  }
}

let csrf = "";
const expiredListeners = new Set<() => void>();

/** The token that a write carries. */
export const token = () => ({ "X-CSRF-Token": csrf });

/** Remembers the token that every write carries. */
export function rememberToken(token: string): void {
  csrf = token;
}

/** Calls `listener` when the hub no longer knows this session. */
export function onSessionExpired(listener: () => void): () => void {
  expiredListeners.add(listener);
  return () => expiredListeners.delete(listener);
}

export const api = createClient<paths>({
  // Unit tests have no window.
  baseUrl: globalThis.location?.origin ?? "",
  credentials: "same-origin",
  querySerializer: { array: { style: "form", explode: true } },
});

api.use({
  onResponse({ response, schemaPath }) {
    if (response.status === 401 && schemaPath !== "/api/v1/session") for (const each of expiredListeners) each();
    return undefined;
  },
});

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The data of an answer, or its problem thrown. */
export async function answerOf<T>(call: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await call;
  } catch {
    throw new ProblemError(0, "unreachable", undefined);
  }
  if (answer.response.ok) return answer.data as T;
  const problem = (typeof answer.error === "object" ? answer.error : null) as Partial<Schemas["Problem"]> | null;
  throw new ProblemError(
    answer.response.status,
    problem?.title ?? answer.response.statusText,
    problem?.detail,
    problem?.errors,
  );
}
