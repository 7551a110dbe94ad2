/** A client of the Lifestyle Spaces API: paths, parameters, bodies and answers are checked by the compiler. */

import createFetchClient, { type Client } from "openapi-fetch";
import { dataOf, type Result } from "./problem.js";
import { retryingFetch, type RetryOptions, type TokenSource } from "./retry.js";
import type { paths } from "./schema.js";

export { answerOf, dataOf, ProblemError, type Answer, type Problem, type Result, type Schemas } from "./problem.js";
export { OperationFailedError, waitForOperation, type Operation, type WaitOptions } from "./operations.js";
export type { RetryOptions, TokenSource } from "./retry.js";

export type SpacesClient = Client<paths, `${string}/${string}`>;

export interface Options {
  /** Where the API answers, without `/api/v1` and without a slash at the end. */
  baseUrl: string;
  /** Asked at each request, and again after a 401. `session.token` of `lifestyle-spaces-client/cognito` is one. */
  token: TokenSource;
  /** 4 attempts and at most 30 seconds between two, where nothing else is said. */
  retry?: Partial<RetryOptions>;
  /** What sends a request; the platform's `fetch` by default. */
  fetch?: (request: Request) => Promise<Response>;
}

/**
 * Make a client that sends the token with each request and an `Idempotency-Key` with each POST that has none,
 * and that sends a request again where this can help: after `Retry-After`, a lost connection or an expired token.
 */
export function createClient({ baseUrl, token, retry, fetch: send }: Options): SpacesClient {
  const retries = { attempts: 4, maxWait: 30_000, ...retry };
  const client = createFetchClient<paths>({
    baseUrl,
    fetch: retryingFetch(token, retries, send ?? ((request) => globalThis.fetch(request))),
  });
  client.use({
    onRequest({ request }) {
      if (request.method === "POST" && !request.headers.has("Idempotency-Key")) {
        request.headers.set("Idempotency-Key", crypto.randomUUID());
      }
      return request;
    },
  });
  return client;
}

/**
 * Every item of a list, page by page. A page may be short or empty: only `next_cursor: null` ends a list.
 *
 *     for await (const space of itemsOf((place) => client.GET("/api/v1/users/me/spaces", { params: { query: place } })))
 *
 * @throws ProblemError where the API refused a page.
 */
export async function* itemsOf<T>(
  page: (place: { cursor?: string }) => Promise<Result<{ items: T[]; next_cursor: string | null }>>,
): AsyncGenerator<T, void, undefined> {
  let cursor: string | null = null;
  do {
    const { items, next_cursor }: { items: T[]; next_cursor: string | null } = await dataOf(
      page(cursor === null ? {} : { cursor }),
    );
    yield* items;
    cursor = next_cursor;
  } while (cursor !== null);
}
