// A week of a space's habits.

import { useState } from "preact/hooks";
import { board, cadenceInWords, keep, type BoardRow, type Space } from "../data.js";
import { day, longDay, show, week } from "../dates.js";
import { explain, useLoaded } from "../loading.js";
import { Content, Empty, Header, Icon } from "../parts.js";
import { AddHabit } from "./today.js";

export function BoardPage({ space }: { space: Space }) {
  const [ahead, setAhead] = useState(0);
  const days = week(ahead);
  const loaded = useLoaded(days[0]!, () => board(space.space_id, days));
  const [error, setError] = useState<string | null>(null);

  const toggle = async (row: BoardRow, date: string) => {
    const kept = row.kept.includes(date);
    const display = (shown: boolean) =>
      loaded.change((rows) =>
        rows.map((each) =>
          each.habit_id === row.habit_id
            ? { ...each, kept: shown ? [...each.kept, date] : each.kept.filter((other) => other !== date) }
            : each,
        ),
      );
    setError(null);
    display(!kept);
    try {
      await keep(space.space_id, row.habit_id, date, !kept);
    } catch (refused) {
      display(kept);
      setError(explain(refused));
    }
  };

  return (
    <>
      <Header title="Board" lead={`Your week in ${space.name}`}>
        <div class="pager">
          <button type="button" aria-label="Week before" onClick={() => setAhead(ahead - 1)}>
            <Icon name="previous" />
          </button>
          <span aria-live="polite">{weekInWords(days)}</span>
          <button type="button" aria-label="Week after" disabled={ahead === 0} onClick={() => setAhead(ahead + 1)}>
            <Icon name="next" />
          </button>
        </div>
      </Header>
      {error !== null && (
        <p class="error" role="alert">
          {error}
        </p>
      )}
      <Content of={loaded}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty title="No habits yet">
              <p>Everybody in {space.name} sees the habits that you add here.</p>
            </Empty>
          ) : (
            <Week rows={rows} days={days} onToggle={toggle} />
          )
        }
      </Content>
      {loaded.data && <AddHabit space={space} onAdded={loaded.reload} />}
    </>
  );
}

function weekInWords(days: string[]): string {
  const options = { day: "numeric", month: "short" } as const;
  return `${show(days[0]!, options)} – ${show(days.at(-1)!, options)}`;
}

interface WeekProps {
  rows: BoardRow[];
  days: string[];
  onToggle: (row: BoardRow, date: string) => void;
}

function Week({ rows, days, onToggle }: WeekProps) {
  const today = day();
  return (
    <table class="week">
      <thead>
        <tr>
          <th scope="col">Habit</th>
          {days.map((date) => (
            <th key={date} scope="col" class={date === today ? "now" : ""}>
              <abbr title={longDay(date)}>{show(date, { weekday: "narrow" })}</abbr>
              <span>{show(date, { day: "numeric" })}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.habit_id}>
            <th scope="row">
              {row.title}
              <small>{cadenceInWords(row.cadence)}</small>
            </th>
            {days.map((date) => (
              <td key={date} class={date === today ? "now" : ""}>
                <button
                  type="button"
                  class="cell"
                  aria-pressed={row.kept.includes(date)}
                  aria-label={`${row.title}, ${longDay(date)}`}
                  disabled={date > today}
                  onClick={() => onToggle(row, date)}
                >
                  <Icon name="check" />
                </button>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
