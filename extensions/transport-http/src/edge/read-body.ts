import type { IncomingMessage } from "node:http";

export type BodyOutcome =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "too-large" }
  | { readonly kind: "not-utf8" }
  /** The caller went away, or was too slow, before it was whole. */
  | { readonly kind: "gone" };

/** Reads a body of at most `bytesMax` bytes, however it is sent. Settles once; holds no more than that. */
export function readBody(incoming: IncomingMessage, bytesMax: number): Promise<BodyOutcome> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  return new Promise((resolve) => {
    const finish = (outcome: BodyOutcome): void => {
      incoming.off("data", take).off("end", decode).off("error", leave).off("close", leave);
      // Somebody must hear what comes later, or it would end the process.
      incoming.on("error", () => {});
      resolve(outcome);
    };
    const take = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes <= bytesMax) chunks.push(chunk);
      else finish({ kind: "too-large" });
    };
    const decode = (): void => finish(decodeText(Buffer.concat(chunks)));
    const leave = (): void => finish({ kind: "gone" });
    incoming.on("data", take).once("end", decode).once("error", leave).once("close", leave);
  });
}

function decodeText(bytes: Buffer): BodyOutcome {
  try {
    return { kind: "text", text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return { kind: "not-utf8" };
  }
}
