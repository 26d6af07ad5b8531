// Server-sent events as the daemon writes them (WHATWG HTML, section 9.2), of which only the data matters here: each
// event says itself what it is, but for the one that ends a stream.

/**
 * The data of each event, in order; true at the end where the daemon said that the stream is complete. A last event
 * without its blank line is left out, as it may be half.
 */
export async function* readEvents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, boolean> {
  const decoder = new TextDecoder();
  let rest = "";
  let data: string[] = [];
  let isEnd = false;
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const text = line.endsWith("\r") ? line.slice(0, -1) : line;
      if (text === "") {
        if (isEnd) return true;
        if (data.length > 0) yield data.join("\n");
        data = [];
      } else if (text === "event: end") isEnd = true;
      else if (text.startsWith("data:")) data.push(text.slice(text.startsWith("data: ") ? 6 : 5));
    }
  }
  return false;
}
