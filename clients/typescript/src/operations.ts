import type { SpacesClient } from "./index.js";
import { pause } from "./retry.js";
import { dataOf, type Schemas } from "./problem.js";

export type Operation = Schemas["Operation"];

/** The background work of an operation ended without reaching its aim. */
export class OperationFailedError extends Error {
  override readonly name = "OperationFailedError";

  constructor(readonly operation: Operation) {
    super(`operation ${operation.operation_id} failed after ${operation.done} items`);
  }
}

export interface WaitOptions {
  /** Milliseconds to wait in all; one minute by default. */
  timeout?: number;
  signal?: AbortSignal;
  /** Called with each state that was read. */
  onProgress?: (operation: Operation) => void;
}

/**
 * Wait until an operation that a 202 has returned is done.
 *
 *     const deletion = await dataOf(client.DELETE("/api/v1/spaces/{space_id}", { params: { path: { space_id } } }));
 *     await waitForOperation(client, deletion);
 *
 * @throws OperationFailedError the work failed
 * @throws ProblemError the API refused to tell
 * @throws DOMException `TimeoutError` when `timeout` has passed, `AbortError` when the signal aborted
 */
export async function waitForOperation(
  client: SpacesClient,
  { operation_id }: Pick<Operation, "operation_id">,
  { timeout = 60_000, signal, onProgress }: WaitOptions = {},
): Promise<Operation> {
  const deadline = AbortSignal.timeout(timeout);
  const either = signal ? AbortSignal.any([signal, deadline]) : deadline;
  for (let interval = 250; ; interval = Math.min(interval * 1.5, 5000)) {
    const operation = await dataOf(
      client.GET("/api/v1/operations/{operation_id}", { params: { path: { operation_id } }, signal: either }),
    );
    onProgress?.(operation);
    if (operation.status === "failed") {
      throw new OperationFailedError(operation);
    }
    if (operation.status === "done") {
      return operation;
    }
    await pause(interval, either);
  }
}
