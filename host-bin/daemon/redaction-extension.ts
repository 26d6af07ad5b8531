// Offers the redaction to whoever keeps or shows something. It wants nothing itself, so that it comes before them all.
import type { FoundExtension } from "@lathe/extension-host";
import { type Activate, type Redaction, RedactionService } from "@lathe/kernel";

export const redactionId = "redaction";

const manifest = {
  id: redactionId,
  version: "0.1.0",
  kernel: "^0.1.0",
  description: "Takes secrets out of what is kept or shown.",
  entry: "./daemon/redaction-extension.ts",
  offers: [RedactionService.name],
};

export function createRedactionExtension(redaction: Redaction): FoundExtension {
  const activate: Activate = (host) => {
    host.offer(RedactionService, redaction);
  };
  return {
    folder: manifest.id,
    manifest: { kind: "json", json: manifest },
    load: async () => ({ activate }),
  };
}
