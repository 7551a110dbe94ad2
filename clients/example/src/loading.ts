// Data of a page: loading, there, or refused.

import { useEffect, useState } from "preact/hooks";
import { ProblemError } from "lifestyle-spaces-client";
import { SignInError } from "lifestyle-spaces-client/cognito";

export interface Loaded<T> {
  data: T | null;
  error: string | null;
  /** Show a change at once, before or instead of reading it. */
  change: (next: (data: T) => T) => void;
  reload: () => void;
}

/** Load when the page appears and whenever `key` changes. */
export function useLoaded<T>(key: string, load: () => Promise<T>): Loaded<T> {
  const [state, setState] = useState<{ key: string; data: T | null; error: string | null }>({
    key,
    data: null,
    error: null,
  });
  const [round, setRound] = useState(0);
  useEffect(() => {
    let current = true;
    load().then(
      (data) => current && setState({ key, data, error: null }),
      (error: unknown) => current && setState({ key, data: null, error: explain(error) }),
    );
    return () => {
      current = false;
    };
  }, [key, round]);
  const shown = state.key === key ? state : { data: null, error: null };
  return {
    ...shown,
    change: (next) => setState((last) => ({ ...last, data: last.data && next(last.data) })),
    reload: () => setRound((last) => last + 1),
  };
}

/** An error in words for people, with what to quote where it is not theirs to mend. */
export function explain(error: unknown): string {
  if (error instanceof ProblemError) {
    const { detail, errors } = error.problem;
    const fields = (errors ?? []).map(({ field, message }) => `${field.replace("body.", "")}: ${message}`);
    const quote = error.status >= 500 && error.requestId ? ` (request ${error.requestId})` : "";
    return fields.length > 0 ? fields.join(". ") : detail + quote;
  }
  if (error instanceof SignInError) {
    return error.message;
  }
  return "The service cannot be reached. Check your connection and try again.";
}
