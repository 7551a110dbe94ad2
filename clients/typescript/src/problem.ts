import type { components } from "./schema.js";

export type Schemas = components["schemas"];
export type Problem = Schemas["Problem"];

/** What a call of the client resolves to: `data`, or `error` with the refusal. */
export interface Result<T> {
  data?: T;
  error?: Problem;
  response: Response;
}

/** The data of a response with the headers that a caller needs. */
export interface Answer<T> {
  data: T;
  status: number;
  /** For `If-Match` of the next change and `If-None-Match` of the next read. */
  etag: string | null;
  /** The absolute address of what was created or started. */
  location: string | null;
  requestId: string | null;
  headers: Headers;
}

/** An error response. `problem.code` is stable and may be branched on. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly status: number;
  readonly code: string;
  /** Quote it when you ask for help. */
  readonly requestId: string | null;

  constructor(
    readonly problem: Problem,
    readonly response?: Response,
  ) {
    super(`${problem.status} ${problem.code}: ${problem.detail}`);
    this.status = problem.status;
    this.code = problem.code;
    this.requestId = problem.request_id || (response?.headers.get("X-Request-Id") ?? null);
  }
}

/** A body that is not a problem comes from something between the client and the API, such as a proxy. */
function asProblem(error: unknown, response: Response): Problem {
  if (typeof error === "object" && error !== null && "code" in error) {
    return error as Problem;
  }
  const title = response.statusText || "Unexpected response";
  const request_id = response.headers.get("X-Request-Id") ?? "";
  return { type: "about:blank", title, status: response.status, detail: title, code: "unexpected_response", request_id };
}

/**
 * The data of a response, with its status and headers.
 *
 * @throws ProblemError where the API refused.
 */
export async function answerOf<T>(call: Promise<Result<T>>): Promise<Answer<T>> {
  const { data, error, response } = await call;
  if (!response.ok) {
    throw new ProblemError(asProblem(error, response), response);
  }
  const { headers, status, url } = response;
  const location = headers.get("Location");
  return {
    data: data as T,
    status,
    etag: headers.get("ETag"),
    location: location === null ? null : new URL(location, url).href,
    requestId: headers.get("X-Request-Id"),
    headers,
  };
}

/**
 * The data of a response.
 *
 * @throws ProblemError where the API refused.
 */
export async function dataOf<T>(call: Promise<Result<T>>): Promise<T> {
  return (await answerOf(call)).data;
}
