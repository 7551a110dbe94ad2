/** Returns the ID token to send. With `fresh`, the API has refused the last one. */
export type TokenSource = (options: { fresh: boolean }) => string | Promise<string>;

export interface RetryOptions {
  /** How often a request is sent at most. 1 turns retries off. */
  attempts: number;
  /** The longest wait in milliseconds; a response that asks for a longer one is returned. */
  maxWait: number;
}

const GATEWAY_ERRORS = [502, 503, 504];

/** Wait, unless the signal aborts. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, milliseconds);
    if (signal?.aborted) {
      abort();
    }
    signal?.addEventListener("abort", abort, { once: true });
  });
}

/** Half a second, doubled each time, less up to half of it so that clients do not return in step. */
function backoff(attempt: number): number {
  return 500 * 2 ** (attempt - 1) * (1 - Math.random() / 2);
}

/** Milliseconds until the request may be sent again; null if sending it again does not help. */
function delayAfter(response: Response, attempt: number): number | null {
  const seconds = Number(response.headers.get("Retry-After") ?? Number.NaN);
  if (!response.ok && seconds >= 0) {
    return seconds * 1000;
  }
  return GATEWAY_ERRORS.includes(response.status) ? backoff(attempt) : null;
}

/**
 * A `fetch` that sends the token, renews it once after a 401, waits as `Retry-After` says and sends again after
 * a lost connection. Every request of this API may be sent twice: a POST carries its `Idempotency-Key`.
 */
export function retryingFetch(
  token: TokenSource,
  { attempts, maxWait }: RetryOptions,
  send: (request: Request) => Promise<Response>,
): (request: Request) => Promise<Response> {
  return async (request) => {
    let bearer = await token({ fresh: false });
    let renewed = false;
    for (let attempt = 1; ; attempt += 1) {
      const copy = request.clone();
      copy.headers.set("Authorization", `Bearer ${bearer}`);
      let delay: number | null;
      try {
        const response = await send(copy);
        if (response.status === 401 && !renewed) {
          renewed = true;
          const fresh = await token({ fresh: true });
          if (fresh === bearer) {
            return response;
          }
          bearer = fresh;
          continue;
        }
        delay = delayAfter(response, attempt);
        if (delay === null || delay > maxWait || attempt >= attempts) {
          return response;
        }
      } catch (error) {
        if (attempt >= attempts || request.signal.aborted) {
          throw error;
        }
        delay = Math.min(backoff(attempt), maxWait);
      }
      await pause(delay, request.signal);
    }
  };
}
