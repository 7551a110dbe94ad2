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
