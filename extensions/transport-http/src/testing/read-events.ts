// A reader of server-sent events after the letter of the standard (WHATWG HTML, section 9.2.6).

export interface ReadEvent {
  readonly type: string;
  readonly lastEventId: string;
  readonly data: string;
}

/** The events of a whole or partial stream; one that is not closed by an empty line is not there. */
export function parseEvents(text: string): readonly ReadEvent[] {
  const events: ReadEvent[] = [];
  let [type, data, lastEventId] = ["", "", ""];
  for (const line of text.split(/\r\n|\r|\n/).slice(0, -1)) {
    if (line === "") {
      if (data !== "") events.push({ type: type || "message", lastEventId, data: data.slice(0, -1) });
      [type, data] = ["", ""];
      continue;
    }
    const colon = line.indexOf(":");
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") type = value;
    else if (field === "data") data += `${value}\n`;
    else if (field === "id" && !value.includes("\0")) lastEventId = value;
  }
  return events;
}

/** Reads on until `enough` says so, and returns the text; to the end of the stream without it. */
export async function readUntil(
  response: Response,
  enough: (text: string) => boolean = () => false,
): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (enough(text)) break;
  }
  return text;
}
