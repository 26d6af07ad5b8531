// A stored answer, told again as the events that it was made of.
import type { AssistantMessage, AssistantPart } from "../contracts/message.ts";
import type { ContentEvent } from "./answer.ts";

/** The fewest events that an `Answer` builds the message from. */
export function eventsOfMessage(message: AssistantMessage): readonly ContentEvent[] {
  return message.content.flatMap(eventsOfPart);
}

function eventsOfPart(part: AssistantPart): readonly ContentEvent[] {
  switch (part.type) {
    case "text":
      return [{ type: "text-delta", text: part.text }];
    case "reasoning": {
      const delta: ContentEvent = { type: "reasoning-delta", text: part.text };
      if (part.providerData === undefined) return [delta];
      return [delta, { type: "reasoning-end", providerData: part.providerData }];
    }
    case "tool-call": {
      const { callId, name, argumentsText, providerData } = part;
      return [
        { type: "tool-call-start", callId, name },
        { type: "tool-call-delta", callId, argumentsText },
        {
          type: "tool-call",
          callId,
          name,
          argumentsText,
          ...(providerData === undefined ? {} : { providerData }),
        },
      ];
    }
    case "opaque":
      return [{ type: "opaque-part", providerData: part.providerData }];
  }
}
