// What is followed for as long as somebody is signed in.
import { computed, effect } from "@preact/signals";
import { conversationFeed } from "./conversation-feed.ts";
import { runFeed } from "./run-feed.ts";
import { session } from "./session.ts";

/** Called once. */
export function followFeeds(): void {
  const isSignedIn = computed(() => session.value.kind === "signed-in");
  effect(() => {
    if (!isSignedIn.value) return undefined;
    const stops = [conversationFeed.start(), runFeed.start()];
    return () => {
      for (const stop of stops) stop();
    };
  });
}
