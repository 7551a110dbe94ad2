// Calendar days as the API writes them, and as people read them.

/** The day, like 2026-03-14, `ahead` days from today. */
export function day(ahead = 0): string {
  const date = new Date();
  date.setDate(date.getDate() + ahead);
  return iso(date);
}

/** The seven days from Monday of the week that is `ahead` weeks from this one. */
export function week(ahead = 0): string[] {
  const sinceMonday = (new Date().getDay() + 6) % 7;
  return Array.from({ length: 7 }, (_, index) => day(ahead * 7 - sinceMonday + index));
}

export function show(date: string, options: Intl.DateTimeFormatOptions): string {
  const shown = date.length === 10 ? new Date(`${date}T00:00`) : new Date(date);
  return new Intl.DateTimeFormat("en", options).format(shown);
}

export const longDay = (date: string): string => show(date, { weekday: "long", day: "numeric", month: "long" });

/** Today, Yesterday or the day. */
export function relativeDay(timestamp: string): string {
  const date = iso(new Date(timestamp));
  return date === day() ? "Today" : date === day(-1) ? "Yesterday" : longDay(date);
}

function iso(date: Date): string {
  const pad = (number: number) => String(number).padStart(2, "0");
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}
