// The frame around the pages: who is signed in, which space, which page.

import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ProblemError } from "lifestyle-spaces-client";
import { spaces, type Space } from "./data.js";
import { useLoaded } from "./loading.js";
import { Content, Icon } from "./parts.js";
import { ActivityPage } from "./pages/activity.js";
import { BoardPage } from "./pages/board.js";
import { JournalPage } from "./pages/journal.js";
import { NotificationsPage } from "./pages/notifications.js";
import { MakeProfile, SignIn } from "./pages/sign-in.js";
import { TodayPage } from "./pages/today.js";
import { session } from "./session.js";

const PAGES = {
  today: "Today",
  board: "Board",
  journal: "Journal",
  activity: "Activity",
  notifications: "Notifications",
} as const;
type PageName = keyof typeof PAGES;

function useHash(): string {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const changed = () => setHash(location.hash);
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return hash;
}

function App() {
  const [signedIn, setSignedIn] = useState<boolean | null>(null);
  useEffect(() => {
    session.email().then(
      (email) => setSignedIn(email !== null),
      () => setSignedIn(false),
    );
  }, []);
  if (signedIn === null) {
    return null;
  }
  const signOut = () => session.signOut().finally(() => setSignedIn(false));
  return signedIn ? <Home onSignOut={signOut} /> : <SignIn onSignedIn={() => setSignedIn(true)} />;
}

/** Null for somebody without a profile yet. */
async function mySpaces(): Promise<Space[] | null> {
  try {
    return await spaces();
  } catch (error) {
    if (error instanceof ProblemError && error.code === "profile_required") {
      return null;
    }
    throw error;
  }
}

function Home({ onSignOut }: { onSignOut: () => void }) {
  const mine = useLoaded<{ spaces: Space[] | null }>("spaces", async () => ({ spaces: await mySpaces() }));
  if (mine.data && mine.data.spaces === null) {
    return <MakeProfile onMade={mine.reload} />;
  }
  return (
    <Content of={mine}>{(data) => <Frame spaces={data.spaces!} onSignOut={onSignOut} onChange={mine.reload} />}</Content>
  );
}

interface FrameProps {
  spaces: Space[];
  onSignOut: () => void;
  onChange: () => void;
}

function Frame({ spaces: mine, onSignOut }: FrameProps) {
  const [, name = "today", detail = ""] = useHash().split("/");
  const page: PageName = name in PAGES ? (name as PageName) : "today";
  const [chosen, setChosen] = useState(mine[0]?.space_id ?? "");
  const space = mine.find(({ space_id }) => space_id === chosen) ?? mine[0];
  useEffect(() => {
    document.title = `${PAGES[page]} · Lifestyle Spaces`;
    document.getElementById("main")?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [page]);

  return (
    <div class="frame">
      <a class="skip" href="#main" onClick={skip}>
        Skip to content
      </a>
      <header class="top">
        <p class="brand">Lifestyle Spaces</p>
        {mine.length > 0 && (
          <label class="switcher">
            <span class="hidden">Space</span>
            <select value={space?.space_id} onChange={(event) => setChosen(event.currentTarget.value)}>
              {mine.map(({ space_id, name: label }) => (
                <option key={space_id} value={space_id}>
                  {label}
                </option>
              ))}
            </select>
          </label>
        )}
        <button type="button" class="link sign-out" onClick={onSignOut}>
          Sign out
        </button>
      </header>
      <nav aria-label="Pages">
        {(Object.keys(PAGES) as PageName[]).map((each) => (
          <a key={each} href={`#/${each}`} aria-current={each === page ? "page" : undefined}>
            <Icon name={each} />
            <span>{PAGES[each]}</span>
          </a>
        ))}
      </nav>
      <main id="main" tabIndex={-1}>
        {page === "today" && <TodayPage spaces={mine} current={space} />}
        {page === "board" && <BoardPage key={space?.space_id} space={space!} />}
        {page === "journal" && <JournalPage key={space?.space_id} space={space!} entryId={detail} />}
        {page === "activity" && <ActivityPage key={space?.space_id} space={space!} />}
        {page === "notifications" && <NotificationsPage spaces={mine} />}
      </main>
    </div>
  );
}

/** Addresses name pages, so the link moves the focus itself. */
function skip(event: Event): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

render(<App />, document.getElementById("app")!);
