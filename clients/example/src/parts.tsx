// What pages are made of.

import type { ComponentChildren, JSX, TargetedEvent } from "preact";
import { useState } from "preact/hooks";
import { explain, type Loaded } from "./loading.js";

const PATHS = {
  today: "M5 12.5 10 17.5 19.5 7.5",
  board: "M4 5h16v14H4zM4 10h16M9.5 5v14M14.5 5v14",
  journal: "M6 4h12v16H6zM9 8.5h6M9 12h6M9 15.5h3.5",
  activity: "M3.5 12H8l2.5-7 4 14 2.5-7h3.5",
  notifications: "M6.5 16.5V11a5.5 5.5 0 0 1 11 0v5.5l1.5 1.5H5zM10 20.5h4",
  check: "M6 12.5 10.2 16.7 18 8.5",
  previous: "M14.5 6 8.5 12l6 6",
  next: "M9.5 6l6 6-6 6",
  heart: "M12 19.5 5.2 12.8a4.3 4.3 0 0 1 6.1-6.1l.7.7.7-.7a4.3 4.3 0 0 1 6.1 6.1z",
  clap: "M8 11v8H5v-8zM8 11l3.5-6.5c1.5 0 2 1 1.7 2.5L12.7 10H18a1.5 1.5 0 0 1 1.5 1.8l-1.2 5.7A2 2 0 0 1 16.3 19H8",
  fire: "M12 3.5c.5 3-4.5 5-4.5 10a4.5 4.5 0 0 0 9 0c0-2-1-3.5-2-4.5-.3 1.2-1 1.8-1.7 2 .5-2.5.2-5.5-.8-7.5z",
  star: "M12 4.5l2.3 4.8 5.2.7-3.8 3.6.9 5.2-4.6-2.5-4.6 2.5.9-5.2L4.5 10l5.2-.7z",
  hug: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16M8.5 13.5a4 4 0 0 0 7 0M9.2 9.5v.5M14.8 9.5v.5",
} as const;

export function Icon({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** A page's content when it is there, and until then why not. */
export function Content<T>({ of, children }: { of: Loaded<T>; children: (data: T) => ComponentChildren }) {
  if (of.error !== null) {
    return (
      <div class="notice" role="alert">
        <h2>This did not load</h2>
        <p>{of.error}</p>
        <button type="button" onClick={of.reload}>
          Try again
        </button>
      </div>
    );
  }
  if (of.data === null) {
    return (
      <div class="skeleton" role="status">
        <span class="hidden">Loading</span>
      </div>
    );
  }
  return <>{children(of.data)}</>;
}

export function Empty({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

export function Header({ title, lead, children }: { title: string; lead?: string; children?: ComponentChildren }) {
  return (
    <header class="page-header">
      <div>
        <h1>{title}</h1>
        {lead && <p class="lead">{lead}</p>}
      </div>
      {children}
    </header>
  );
}

interface FormProps {
  submit: string;
  /** Resolves when it is done; what it throws is shown. */
  action: (fields: Record<string, string>, form: HTMLFormElement) => Promise<unknown>;
  children: ComponentChildren;
  extra?: ComponentChildren;
}

/** A form that shows that it works, and what went wrong. */
export function Form({ submit, action, children, extra }: FormProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const onSubmit = async (event: TargetedEvent<HTMLFormElement, SubmitEvent>) => {
    event.preventDefault();
    const form = event.currentTarget;
    setBusy(true);
    setError(null);
    try {
      await action(Object.fromEntries(new FormData(form)) as Record<string, string>, form);
    } catch (refused) {
      setError(explain(refused));
    }
    setBusy(false);
  };
  return (
    <form onSubmit={onSubmit}>
      {children}
      {error !== null && (
        <p class="error" role="alert">
          {error}
        </p>
      )}
      <div class="actions">
        <button class="primary" disabled={busy}>
          {busy ? "One moment ..." : submit}
        </button>
        {extra}
      </div>
    </form>
  );
}

type FieldProps = JSX.IntrinsicElements["input"] & { label: string; hint?: string };

export function Field({ label, hint, ...input }: FieldProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <input {...input} aria-describedby={hint ? `${input.name}-hint` : undefined} />
      {hint && <small id={`${input.name}-hint`}>{hint}</small>}
    </label>
  );
}

/** A button that opens a form in its place. */
export function Disclosure({ label, children }: { label: string; children: (close: () => void) => ComponentChildren }) {
  const [open, setOpen] = useState(false);
  return open ? (
    <section class="card disclosed" aria-label={label}>
      {children(() => setOpen(false))}
    </section>
  ) : (
    <button type="button" class="secondary" onClick={() => setOpen(true)}>
      {label}
    </button>
  );
}
