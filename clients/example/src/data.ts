// What each page shows, in as few calls as the API allows.

import { dataOf, itemsOf, type Schemas } from "lifestyle-spaces-client";
import { day } from "./dates.js";
import { client } from "./session.js";

export type Space = Schemas["Space"];
export type Cadence = Schemas["Cadence"];
export type JournalCard = Schemas["JournalCard"];
export type Journal = Schemas["Journal"];
export type Activity = Schemas["Activity"];
export type Notification = Schemas["Notification"];

export interface DueHabit {
  space_id: string;
  space_name: string;
  habit_id: string;
  title: string;
  cadence: Cadence;
  kept: boolean;
}

export interface Today {
  date: string;
  habits: DueHabit[];
}

export interface BoardRow {
  habit_id: string;
  title: string;
  cadence: Cadence;
  kept: string[];
}

export async function spaces(): Promise<Space[]> {
  return collect((place) => client.GET("/api/v1/users/me/spaces", { params: { query: { limit: 100, ...place } } }));
}

export async function today(mine: Space[]): Promise<Today> {
  const date = day();
  const query = { from: date, to: date, limit: 100 };
  const [done, ...lists] = await Promise.all([
    dataOf(client.GET("/api/v1/users/me/check-ins", { params: { query } })),
    ...mine.map(({ space_id }) => habits(space_id)),
  ]);
  const kept = keptDays(done.items);
  const due = mine.flatMap(({ space_id, name }, index) =>
    lists[index]!.filter(({ cadence }) => isDue(cadence, date)).map(({ habit_id, title, cadence }) => ({
      ...{ space_id, space_name: name, habit_id, title, cadence },
      kept: kept.has(habit_id),
    })),
  );
  return { date, habits: due };
}

export async function board(space_id: string, days: string[]): Promise<BoardRow[]> {
  const query = { from: days[0]!, to: days.at(-1)!, limit: 100 };
  const [rows, done] = await Promise.all([
    habits(space_id),
    dataOf(client.GET("/api/v1/users/me/check-ins", { params: { query } })),
  ]);
  const kept = keptDays(done.items);
  return rows.map(({ habit_id, title, cadence }) => ({ habit_id, title, cadence, kept: kept.get(habit_id) ?? [] }));
}

/** Keep the habit on the day, or take the check-in back. */
export async function keep(space_id: string, habit_id: string, date: string, kept: boolean): Promise<void> {
  const params = { path: { space_id, habit_id, date } };
  const path = "/api/v1/spaces/{space_id}/habits/{habit_id}/check-ins/{date}";
  await (kept ? dataOf(client.PUT(path, { params, body: {} })) : dataOf(client.DELETE(path, { params })));
}

async function habits(space_id: string): Promise<Schemas["Habit"][]> {
  const all = await collect((place) =>
    client.GET("/api/v1/spaces/{space_id}/habits", { params: { path: { space_id }, query: { limit: 100, ...place } } }),
  );
  return all.filter(({ archived }) => !archived);
}

function keptDays(items: Schemas["CheckIn"][]): Map<string, string[]> {
  const kept = new Map<string, string[]>();
  for (const item of items) {
    if ("habit_id" in item && !item.skipped && (item.value ?? 1) > 0) {
      kept.set(item.habit_id, [...(kept.get(item.habit_id) ?? []), item.date]);
    }
  }
  return kept;
}

function isDue(cadence: Cadence, date: string): boolean {
  const name = new Intl.DateTimeFormat("en", { weekday: "long" }).format(new Date(`${date}T00:00`)).toLowerCase();
  return cadence.kind !== "weekly" || cadence.days.some((each) => each === name);
}

export function cadenceInWords(cadence: Cadence): string {
  switch (cadence.kind) {
    case "daily":
      return "Every day";
    case "weekly":
      return cadence.days.map((name) => name[0]!.toUpperCase() + name.slice(1, 3)).join(", ");
    case "times_per_week":
      return cadence.times === 1 ? "Once a week" : `${cadence.times} times a week`;
    default: // a kind that a later version of the API has added
      return "Its own rhythm";
  }
}

type Page<T> = Parameters<typeof itemsOf<T>>[0];

async function collect<T>(page: Page<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of itemsOf(page)) {
    items.push(item);
  }
  return items;
}
