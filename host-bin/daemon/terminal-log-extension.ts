// Tells warnings and errors to whoever looks at the daemon's terminal; everything else is for the journal.
import type { FoundExtension } from "@lathe/extension-host";
import { type Activate, LogSinks, type SpanRecord } from "@lathe/kernel";

const manifest = {
  id: "terminal-log",
  version: "0.1.0",
  kernel: "^0.1.0",
  description: "Prints warnings and errors on the daemon's standard error.",
  entry: "./daemon/terminal-log-extension.ts",
  contributes: { [LogSinks.name]: ["terminal"] },
};

/** `tell` takes one sentence for each warning and error, and returns at once. */
export function createTerminalLogExtension(tell: (sentence: string) => void): FoundExtension {
  const write = (record: SpanRecord): void => {
    const sentence = sentenceOf(record);
    if (sentence !== undefined) tell(sentence);
  };
  const activate: Activate = (host) => {
    host.contribute(LogSinks, "terminal", { write });
  };
  return {
    folder: manifest.id,
    manifest: { kind: "json", json: manifest },
    load: async () => ({ activate }),
  };
}

const titles = { warn: "Warning", error: "Error" } as const;

function sentenceOf(record: SpanRecord): string | undefined {
  if (record.kind !== "log" || record.level === "debug" || record.level === "info") return undefined;
  const { extension } = record.attributes;
  // What the host says of an extension is that extension's.
  const place = typeof extension === "string" ? extension : record.source;
  return `${titles[record.level]} (${place}): ${record.message}`;
}
