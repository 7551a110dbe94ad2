// What happened in a space, and reactions to it.

import { useState } from "preact/hooks";
import { dataOf } from "lifestyle-spaces-client";
import type { Activity, Space } from "../data.js";
import { relativeDay, show } from "../dates.js";
import { explain, useLoaded } from "../loading.js";
import { Content, Empty, Header, Icon } from "../parts.js";
import { client } from "../session.js";

const EMOJI = ["heart", "clap", "fire", "star", "hug"] as const;
type Emoji = (typeof EMOJI)[number];

interface Feed {
  items: Activity[];
  names: Map<string, string>;
}

async function feed(space_id: string): Promise<Feed> {
  const params = { path: { space_id }, query: { limit: 50 } };
  const [happened, members] = await Promise.all([
    dataOf(client.GET("/api/v1/spaces/{space_id}/activity", { params })),
    dataOf(client.GET("/api/v1/spaces/{space_id}/members", { params: { ...params, query: { limit: 100 } } })),
  ]);
  return { items: happened.items, names: new Map(members.items.map(({ user_id, name }) => [user_id, name ?? ""])) };
}

export function ActivityPage({ space }: { space: Space }) {
  const loaded = useLoaded("activity", () => feed(space.space_id));
  const [error, setError] = useState<string | null>(null);

  const react = async (activity: Activity, emoji: Emoji) => {
    const params = { path: { space_id: space.space_id, activity_id: activity.activity_id, emoji } };
    setError(null);
    try {
      const changed = await dataOf(
        client.PUT("/api/v1/spaces/{space_id}/activity/{activity_id}/reactions/{emoji}", { params }),
      );
      loaded.change((data) => ({
        ...data,
        items: data.items.map((each) => (each.activity_id === changed.activity_id ? changed : each)),
      }));
    } catch (refused) {
      setError(explain(refused));
    }
  };

  return (
    <>
      <Header title="Activity" lead={`What happened in ${space.name}`} />
      {error !== null && (
        <p class="error" role="alert">
          {error}
        </p>
      )}
      <Content of={loaded}>
        {({ items, names }) =>
          items.length === 0 ? (
            <Empty title="Quiet so far">
              <p>Habits that are kept and entries that are written show up here.</p>
            </Empty>
          ) : (
            [...byDay(items)].map(([date, ofDay]) => (
              <section key={date}>
                <h2 class="day">{date}</h2>
                <ul class="cards">
                  {ofDay.map((activity) => (
                    <Item key={activity.activity_id} activity={activity} name={names.get(activity.actor_id)} onReact={react} />
                  ))}
                </ul>
              </section>
            ))
          )
        }
      </Content>
    </>
  );
}

function byDay(items: Activity[]): Map<string, Activity[]> {
  return Map.groupBy(items, ({ created_at }) => relativeDay(created_at));
}

interface ItemProps {
  activity: Activity;
  name: string | undefined;
  onReact: (activity: Activity, emoji: Emoji) => void;
}

function Item({ activity, name, onReact }: ItemProps) {
  const shown = name || "A former member";
  return (
    <li class="card happened">
      <span class="avatar" aria-hidden="true">
        {shown[0]}
      </span>
      <div>
        <p>
          <strong>{shown}</strong> {activity.summary}
        </p>
        <small>{show(activity.created_at, { hour: "numeric", minute: "2-digit" })}</small>
        <div class="reactions">
          {EMOJI.map((emoji) => {
            const count = activity.reactions[emoji] ?? 0;
            return (
              <button
                key={emoji}
                type="button"
                title={emoji}
                aria-label={`${emoji}, ${count}`}
                class={count > 0 ? "some" : ""}
                onClick={() => onReact(activity, emoji)}
              >
                <Icon name={emoji} />
                {count > 0 && count}
              </button>
            );
          })}
        </div>
      </div>
    </li>
  );
}
