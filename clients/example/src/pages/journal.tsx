// A space's journal: the entries, one entry, and writing.

import { dataOf } from "lifestyle-spaces-client";
import type { Journal, JournalCard, Space } from "../data.js";
import { relativeDay } from "../dates.js";
import { useLoaded } from "../loading.js";
import { Content, Disclosure, Empty, Field, Form, Header, Icon } from "../parts.js";
import { client } from "../session.js";

export function JournalPage({ space, entryId }: { space: Space; entryId: string }) {
  return entryId ? <Entry space={space} entryId={entryId} /> : <Entries space={space} />;
}

function Entries({ space }: { space: Space }) {
  const params = { path: { space_id: space.space_id }, query: { limit: 50 } };
  const loaded = useLoaded("entries", () => dataOf(client.GET("/api/v1/spaces/{space_id}/journals", { params })));
  return (
    <>
      <Header title="Journal" lead={`What was written in ${space.name}`} />
      <Write space={space} onWritten={loaded.reload} />
      <Content of={loaded}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="An empty page">
              <p>Three lines about today are enough. Everybody in {space.name} can read them.</p>
            </Empty>
          ) : (
            <ul class="cards">
              {items.map((entry) => (
                <Card key={entry.entry_id} entry={entry} />
              ))}
            </ul>
          )
        }
      </Content>
    </>
  );
}

function Card({ entry }: { entry: JournalCard }) {
  return (
    <li>
      <a class="card entry" href={`#/journal/${entry.entry_id}`}>
        <h2>{entry.title}</h2>
        <p>{entry.excerpt}</p>
        <small>
          {relativeDay(entry.created_at)} · {entry.word_count} {entry.word_count === 1 ? "word" : "words"}
        </small>
      </a>
    </li>
  );
}

function Write({ space, onWritten }: { space: Space; onWritten: () => void }) {
  const params = { path: { space_id: space.space_id } };
  return (
    <Disclosure label="Write an entry">
      {(close) => (
        <Form
          submit="Save entry"
          action={async ({ title, content }) => {
            const body = { title: title!, content: content! };
            await dataOf(client.POST("/api/v1/spaces/{space_id}/journals", { params, body }));
            close();
            onWritten();
          }}
          extra={
            <button type="button" class="link" onClick={close}>
              Cancel
            </button>
          }
        >
          <Field label="Title" name="title" maxLength={200} autoFocus required />
          <label class="field">
            <span>Text</span>
            <textarea name="content" rows={8} />
          </label>
        </Form>
      )}
    </Disclosure>
  );
}

function Entry({ space, entryId }: { space: Space; entryId: string }) {
  const params = { path: { space_id: space.space_id, entry_id: entryId } };
  const loaded = useLoaded(entryId, () => dataOf(client.GET("/api/v1/spaces/{space_id}/journals/{entry_id}", { params })));
  return (
    <>
      <a class="back" href="#/journal">
        <Icon name="previous" />
        Journal
      </a>
      <Content of={loaded}>{(entry) => <Text entry={entry} />}</Content>
    </>
  );
}

/** Markdown is shown as it was typed: a front end of its own picks a renderer. */
function Text({ entry }: { entry: Journal }) {
  return (
    <article class="prose">
      <Header title={entry.title} lead={relativeDay(entry.created_at)} />
      {entry.content.split(/\n{2,}/).map((paragraph, index) => (
        <p key={index}>{paragraph}</p>
      ))}
    </article>
  );
}
