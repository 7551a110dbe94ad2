/** A client of the Lifestyle Spaces API: paths, parameters, bodies and answers are checked by the compiler. */

import createFetchClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./schema.js";

export type Schemas = components["schemas"];
export type Problem = Schemas["Problem"];
export type SpacesClient = Client<paths, `${string}/${string}`>;

export interface Options {
  /** Where the API answers, without `/api/v1` and without a slash at the end. */
  baseUrl: string;
  /** The ID token to send, asked for at each request, so that it may be a fresh one. */
  token: () => string | Promise<string>;
}

/**
 * Sends the token with each request, and an `Idempotency-Key` with each POST that has none, so that sending
 * the same `Request` once more does nothing twice.
 */
export function createClient({ baseUrl, token }: Options): SpacesClient {
  const client = createFetchClient<paths>({ baseUrl });
  client.use({
    async onRequest({ request }) {
      request.headers.set("Authorization", `Bearer ${await token()}`);
      if (request.method === "POST" && !request.headers.has("Idempotency-Key")) {
        request.headers.set("Idempotency-Key", crypto.randomUUID());
      }
      return request;
    },
  });
  return client;
}

/** What the API answered instead of what was asked for. `problem.code` is stable and may be branched on. */
export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(`${problem.status} ${problem.code}: ${problem.detail}`);
  }
}

/**
 * The data of an answer.
 *
 * @throws ProblemError where the API refused.
 */
export async function dataOf<T>(answer: Promise<{ data?: T; error?: Problem }>): Promise<T> {
  const { data, error } = await answer;
  if (error) {
    throw new ProblemError(error);
  }
  return data as T;
}

/**
 * Every item of a list, page by page. A page may be short or empty: only `next_cursor: null` ends a list.
 *
 *     for await (const space of itemsOf((place) => client.GET("/api/v1/users/me/spaces", { params: { query: place } })))
 *
 * @throws ProblemError where the API refused a page.
 */
export async function* itemsOf<T>(
  page: (place: { cursor?: string }) => Promise<{ data?: { items: T[]; next_cursor: string | null }; error?: Problem }>,
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
