// One server-sent event as text (WHATWG HTML, section 9.2). A line ends at CR, LF or CRLF and nowhere else; none of
// them gets into a field.

export const pingFrame = ": ping\n\n";

/** The last of a stream that is complete: without it, there is more to come back for. */
export const endFrame: string = eventFrame("end", "{}");

/** `json` may hold line ends between its tokens: each begins a further data line, which a reader joins with LF. */
export function eventFrame(type: string, json: string, seq?: number): string {
  const event = `event: ${type.replaceAll(/[\r\n\0]/g, "")}\n`;
  const id = seq !== undefined && Number.isSafeInteger(seq) ? `id: ${seq}\n` : "";
  const lines = /[\r\n]/.test(json) ? json.split(/\r\n|\r|\n/) : [json];
  return `${event}${id}${lines.map((line) => `data: ${line}\n`).join("")}\n`;
}
