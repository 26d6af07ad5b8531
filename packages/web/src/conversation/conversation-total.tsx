// What the conversation took so far, in one quiet line; the timeline says it turn by turn.
import { conversationsUsage } from "@lathe/wire/operations";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { count, counted } from "../kit/amounts.ts";
import { CacheRate } from "../kit/cache-rate.tsx";
import { useAnswer } from "../state/answer.ts";
import { ask } from "../state/daemon.ts";
import type { FollowedConversation } from "./following/follow-conversation.ts";

export function ConversationTotal({
  conversation,
}: {
  readonly conversation: FollowedConversation;
}): JSX.Element | null {
  const { id, turns } = conversation;
  const current = turns.current.value;
  const { answer, again } = useAnswer(id, (signal) => ask(conversationsUsage, { id }, { signal }));
  // Read again when a turn comes or ends; until then what was read before stays.
  const standing = `${turns.order.value.at(-1) ?? ""} ${current === null ? "over" : "running"}`;
  const readFor = useRef(standing);
  useEffect(() => {
    if (readFor.current === standing) return;
    readFor.current = standing;
    again();
  }, [standing, again]);
  if (answer.value.kind !== "answered" || answer.value.value.turnCount < 2) return null;
  const { turnCount, usage, cacheHitRate } = answer.value.value;
  return (
    <p class="conversation-total">
      <span>{counted(turnCount, "turn")} so far</span>
      <span>
        {count(usage.inputTokens)} in, {count(usage.outputTokens)} out
      </span>
      <CacheRate rate={cacheHitRate} />
    </p>
  );
}
