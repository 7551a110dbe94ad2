// What concerns the person, in all spaces.

import { useState } from "preact/hooks";
import { dataOf } from "lifestyle-spaces-client";
import type { Notification, Space } from "../data.js";
import { relativeDay, show } from "../dates.js";
import { explain, useLoaded } from "../loading.js";
import { Content, Empty, Header } from "../parts.js";
import { client } from "../session.js";

const WORDS: Record<string, string> = {
  mention: "You were mentioned in a comment",
  comment: "Somebody commented on what you wrote",
  invitation: "You are invited",
  role_changed: "Your role has changed",
  removed: "You are no longer a member",
  reaction: "Somebody liked what you did",
  reminder: "A habit is waiting for you",
};

export function NotificationsPage({ spaces }: { spaces: Space[] }) {
  const loaded = useLoaded("notifications", () =>
    dataOf(client.GET("/api/v1/users/me/notifications", { params: { query: { limit: 50 } } })),
  );
  const [error, setError] = useState<string | null>(null);
  const readAll = async () => {
    setError(null);
    try {
      await dataOf(client.POST("/api/v1/users/me/notifications/read-all"));
      loaded.change((page) => ({ ...page, items: page.items.map((item) => ({ ...item, read: true })) }));
    } catch (refused) {
      setError(explain(refused));
    }
  };
  const names = new Map(spaces.map(({ space_id, name }) => [space_id, name]));

  return (
    <>
      <Header title="Notifications">
        {loaded.data?.items.some(({ read }) => !read) && (
          <button type="button" class="secondary" onClick={readAll}>
            Mark all as read
          </button>
        )}
      </Header>
      {error !== null && (
        <p class="error" role="alert">
          {error}
        </p>
      )}
      <Content of={loaded}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="Nothing new">
              <p>Mentions, comments and invitations will wait for you here.</p>
            </Empty>
          ) : (
            <ul class="cards">
              {items.map((item) => (
                <Item key={item.notification_id} item={item} space={names.get(item.space_id ?? "")} />
              ))}
            </ul>
          )
        }
      </Content>
    </>
  );
}

function Item({ item, space }: { item: Notification; space: string | undefined }) {
  const at = `${relativeDay(item.created_at)}, ${show(item.created_at, { hour: "numeric", minute: "2-digit" })}`;
  return (
    <li class={`card notification ${item.read ? "" : "unread"}`}>
      <p>
        {!item.read && <span class="hidden">Unread: </span>}
        {/* A kind that a later version of the API has added is still worth a line. */}
        {WORDS[item.kind] ?? "Something happened"}
      </p>
      <small>{space ? `${space} · ${at}` : at}</small>
    </li>
  );
}
