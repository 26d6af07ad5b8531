// What stands where a secret was. Kinds are a closed list, so that a marker can be told from a text that looks alike.

const kinds = [
  "anthropic",
  "authorization",
  "aws",
  "cookie",
  "credential",
  "deepseek",
  "github",
  "gitlab",
  "google",
  "hugging-face",
  "jwt",
  "lathe",
  "npm",
  "openai",
  "openrouter",
  "password",
  "private-key",
  "secret",
  "slack",
  "stripe",
  "userinfo",
  "vendor-key",
  "webhook",
] as const;

export type Kind = (typeof kinds)[number];

export function markerOf(kind: Kind): string {
  return `${opening}${kind}]`;
}

/** How long the marker is that stands at this place: 0 = none does, undefined = the text ends before that is known. */
export function markerLengthAt(text: string, at: number, isWhole: boolean): number | undefined {
  const ahead = text.slice(at, at + markerLengthMax);
  for (const marker of markers) if (ahead.startsWith(marker)) return marker.length;
  const isCut =
    !isWhole && markers.some((marker) => marker.length > ahead.length && marker.startsWith(ahead));
  return isCut ? undefined : 0;
}

export function holdsMarker(text: string): boolean {
  return text.includes(opening);
}

/** Whether a text is nothing but a marker. */
export function isMarker(text: string): boolean {
  return markers.includes(text);
}

const opening = "[redacted:";
const markers = kinds.map(markerOf);
export const markerLengthMax: number = Math.max(...markers.map(({ length }) => length));
