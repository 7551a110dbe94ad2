// What is due today, over all spaces.

import { useState } from "preact/hooks";
import { dataOf, type Schemas } from "lifestyle-spaces-client";
import { cadenceInWords, keep, today, type DueHabit, type Space } from "../data.js";
import { longDay } from "../dates.js";
import { explain, useLoaded } from "../loading.js";
import { Content, Disclosure, Empty, Field, Form, Header, Icon } from "../parts.js";
import { client } from "../session.js";

export function TodayPage({ spaces, current }: { spaces: Space[]; current: Space | undefined }) {
  const loaded = useLoaded("today", () => today(spaces));
  const [error, setError] = useState<string | null>(null);

  const toggle = async (habit: DueHabit) => {
    const show = (kept: boolean) =>
      loaded.change((data) => ({
        ...data,
        habits: data.habits.map((each) => (each.habit_id === habit.habit_id ? { ...each, kept } : each)),
      }));
    setError(null);
    show(!habit.kept);
    try {
      await keep(habit.space_id, habit.habit_id, loaded.data!.date, !habit.kept);
    } catch (refused) {
      show(habit.kept);
      setError(explain(refused));
    }
  };

  return (
    <Content of={loaded}>
      {({ date, habits }) => {
        const kept = habits.filter((habit) => habit.kept).length;
        return (
          <>
            <Header title={longDay(date)} lead={habits.length > 0 ? progressInWords(kept, habits.length) : undefined} />
            {habits.length > 0 && <progress aria-label="Kept today" value={kept} max={habits.length} />}
            {error !== null && (
              <p class="error" role="alert">
                {error}
              </p>
            )}
            {habits.length === 0 && (
              <Empty title="Nothing is due today">
                <p>Begin with one small thing that you can keep even on a bad day.</p>
              </Empty>
            )}
            <ul class="cards">
              {habits.map((habit) => (
                <HabitCard key={habit.habit_id} habit={habit} onToggle={() => toggle(habit)} />
              ))}
            </ul>
            {current && <AddHabit space={current} onAdded={loaded.reload} />}
          </>
        );
      }}
    </Content>
  );
}

function progressInWords(kept: number, due: number): string {
  return kept === due ? "All kept. Well done." : `${kept} of ${due} kept`;
}

function HabitCard({ habit, onToggle }: { habit: DueHabit; onToggle: () => void }) {
  return (
    <li>
      <button type="button" class="habit" aria-pressed={habit.kept} onClick={onToggle}>
        <span class="tick">
          <Icon name="check" />
        </span>
        <span class="habit-text">
          <strong>{habit.title}</strong>
          <small>
            {habit.space_name} · {cadenceInWords(habit.cadence)}
          </small>
        </span>
      </button>
    </li>
  );
}

const CADENCES: Record<string, Schemas["Cadence"]> = {
  daily: { kind: "daily" },
  workdays: { kind: "weekly", days: ["monday", "tuesday", "wednesday", "thursday", "friday"] },
  weekly: { kind: "times_per_week", times: 1 },
  often: { kind: "times_per_week", times: 3 },
};

export function AddHabit({ space, onAdded }: { space: Space; onAdded: () => void }) {
  const params = { path: { space_id: space.space_id } };
  return (
    <Disclosure label="Add a habit">
      {(close) => (
        <Form
          submit="Add habit"
          action={async ({ title, cadence }) => {
            const body = { title: title!, cadence: CADENCES[cadence!]! };
            await dataOf(client.POST("/api/v1/spaces/{space_id}/habits", { params, body }));
            close();
            onAdded();
          }}
          extra={
            <button type="button" class="link" onClick={close}>
              Cancel
            </button>
          }
        >
          <Field label={`New habit in ${space.name}`} name="title" maxLength={200} autoFocus required />
          <label class="field">
            <span>How often</span>
            <select name="cadence">
              <option value="daily">Every day</option>
              <option value="workdays">On workdays</option>
              <option value="often">Three times a week</option>
              <option value="weekly">Once a week</option>
            </select>
          </label>
        </Form>
      )}
    </Disclosure>
  );
}
