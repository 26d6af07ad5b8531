// What stands behind the last turn: a message whose entry has not come yet, or what an empty conversation says.
import type { JSX } from "preact";
import { PlaceLink } from "../app/place-link.tsx";
import { counted } from "../kit/amounts.ts";
import { Badge } from "../kit/badge.tsx";
import { Button } from "../kit/button.tsx";
import { isInTurn } from "./composer/send-rules.ts";
import { type Sending, sendingTo, takeBack } from "./composer/sending.ts";
import type { FollowedConversation } from "./following/follow-conversation.ts";
import { UserText } from "./turn/user-message.tsx";

export function OnItsWay({ conversation }: { readonly conversation: FollowedConversation }): JSX.Element {
  const { turns, undoneCount, earlier } = conversation;
  const sending = sendingTo(conversation.id).value;
  const message = "message" in sending ? sending.message : undefined;
  const lastTurnId = turns.order.value.at(-1);
  const last = lastTurnId === undefined ? undefined : turns.turn(lastTurnId)?.value;
  const turnId = sending.kind === "taken" ? sending.turnId : null;
  const isWaiting = message !== undefined && !isInTurn(message, turnId, last);
  return (
    <>
      {undoneCount.value === 0 ? null : (
        <p class="turn-note">
          {counted(undoneCount.value, "turn")} left behind by a restore.{" "}
          <PlaceLink to={{ kind: "timeline", conversationId: conversation.id }} beside>
            Open the timeline
          </PlaceLink>
        </p>
      )}
      {isWaiting ? (
        <div class="turn-user turn-user-waiting">
          <UserText text={message.text} />
          <Fate id={conversation.id} sending={sending} />
        </div>
      ) : null}
      {lastTurnId === undefined && !isWaiting ? (
        <p class="empty">
          {earlier.value.kind === "loading" ? "Opening" : "No messages yet. Write the first one below."}
        </p>
      ) : null}
    </>
  );
}

function Fate({ id, sending }: { readonly id: string; readonly sending: Sending }): JSX.Element {
  if (sending.kind === "unknown")
    return (
      <Badge tone="warning" title="The answer was lost. It is asked again, and sent once in any case.">
        Looking whether it arrived
      </Badge>
    );
  if (sending.kind !== "away")
    return (
      <Badge tone="info" live>
        Sending
      </Badge>
    );
  return (
    <>
      <Badge tone="warning" title="The daemon cannot be reached. The message is sent as soon as it answers.">
        Not sent yet
      </Badge>
      <Button onClick={() => takeBack(id)}>Take back</Button>
    </>
  );
}
