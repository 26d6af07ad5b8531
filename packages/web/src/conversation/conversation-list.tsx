// The conversations on the left: those that there are, by their last activity, and those that have the words that are
// looked for.
import type { Conversation } from "@lathe/kernel";
import { type Signal, signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Button } from "../kit/button.tsx";
import { failureText } from "../kit/problem-card.tsx";
import { conversationFeed, conversations } from "../state/conversation-feed.ts";
import { ListedConversation } from "./list/listed-conversation.tsx";
import { matches, merged } from "./list/search.ts";
import { type Search, useSearch } from "./list/use-search.ts";
import { useStillRows } from "./list/use-still-rows.ts";
import "./list/list.css";

/** Kept while the sidebar comes and goes. */
const searched: Signal<string> = signal("");

export function ConversationList(): JSX.Element {
  const text = searched.value.trim();
  const search = useSearch(text);
  const { items } = conversations.value;
  const held = text === "" ? items : items.filter((conversation) => matches(conversation, text));
  const scroll = useRef<HTMLDivElement>(null);
  const rows = useStillRows(text === "" ? held : merged(held, search.found.value.items), text, scroll);
  return (
    <nav class="conversations" aria-label="Conversations">
      <input
        id="conversation-search"
        class="input conversations-search"
        type="search"
        aria-label="Search conversations"
        placeholder="Search conversations"
        value={searched.value}
        onInput={({ currentTarget }) => {
          searched.value = currentTarget.value;
        }}
      />
      <div class="conversations-scroll" ref={scroll}>
        <Rows rows={rows} />
        {text === "" ? <More /> : <MoreFound search={search} isAnyHeld={held.length > 0} />}
      </div>
    </nav>
  );
}

function Rows({ rows }: { readonly rows: readonly Conversation[] }): JSX.Element | null {
  if (rows.length === 0) return null;
  return (
    <ul class="plain-list">
      {rows.map((conversation) => (
        <ListedConversation key={conversation.id} conversation={conversation} />
      ))}
    </ul>
  );
}

/** The next page comes when its button is in sight, or is pressed. */
function More(): JSX.Element | null {
  const { items, nextCursor, isRead } = conversations.value;
  const { failure, isLoading } = conversationFeed;
  const edge = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (edge.current === null || nextCursor === null) return undefined;
    const observer = new IntersectionObserver((seen) => {
      if (seen.some(({ isIntersecting }) => isIntersecting)) void conversationFeed.loadMore();
    });
    observer.observe(edge.current);
    return () => observer.disconnect();
  }, [nextCursor]);
  if (failure.value !== null)
    return (
      <Remark text={`The list could not be read. ${failureText(failure.value)}`}>
        <Button onClick={() => void (nextCursor === null ? location.reload() : conversationFeed.loadMore())}>
          {nextCursor === null ? "Reload the page" : "Try again"}
        </Button>
      </Remark>
    );
  if (!isRead) return <Remark text="Loading" />;
  if (items.length === 0) return <Remark text="No conversations yet." />;
  if (nextCursor === null) return null;
  return (
    <div ref={edge}>
      <Remark>
        <Button aria-disabled={isLoading.value} onClick={() => void conversationFeed.loadMore()}>
          {isLoading.value ? "Loading" : "Show more"}
        </Button>
      </Remark>
    </div>
  );
}

function MoreFound({
  search,
  isAnyHeld,
}: {
  readonly search: Search;
  readonly isAnyHeld: boolean;
}): JSX.Element | null {
  const { items, isAsking, nextCursor, failure } = search.found.value;
  if (failure !== null) return <Remark text={`The search failed. ${failureText(failure)}`} />;
  if (isAsking) return <Remark text="Searching" />;
  if (nextCursor !== null)
    return (
      <Remark>
        <Button onClick={search.more}>Search further</Button>
      </Remark>
    );
  return items.length === 0 && !isAnyHeld ? <Remark text="No conversation has these words." /> : null;
}

function Remark({
  text,
  children,
}: {
  readonly text?: string;
  readonly children?: JSX.Element;
}): JSX.Element {
  return (
    <div class="conversations-remark">
      {text === undefined ? null : <p>{text}</p>}
      {children}
    </div>
  );
}
