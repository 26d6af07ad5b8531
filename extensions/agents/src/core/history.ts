import type { Entry, Message } from "@lathe/kernel";

/** The messages that an entry adds to the transcript. */
export function messagesOf(entry: Entry): readonly Message[] {
  switch (entry.type) {
    case "user-message":
    case "steering":
      return [{ role: "user", content: entry.content }];
    case "step-complete":
      return entry.message === undefined ? entry.toolResults : [entry.message, ...entry.toolResults];
    default:
      return [];
  }
}

/** Roughly how many UTF-16 units a message keeps in memory. */
export function lengthOf(message: Message): number {
  const overhead = 100;
  if (message.role === "tool") return message.content.length + overhead;
  let length = overhead;
  for (const part of message.content) {
    if (part.type === "tool-call") length += part.argumentsText.length;
    else if (part.type !== "opaque") length += part.text.length;
    if ("providerData" in part) length += JSON.stringify(part.providerData).length;
  }
  return length;
}
