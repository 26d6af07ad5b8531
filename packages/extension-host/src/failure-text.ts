// Turns whatever an extension threw into one line that is safe to print. It was thrown by code that the host does
// not trust: the message may be a getter that throws, and the text may carry control characters or have no end.

const textMax = 500;

export function failureText(failure: unknown): string {
  const text = oneLine(rawText(failure));
  return text.length <= textMax ? text : `${text.slice(0, textMax)}…`;
}

function rawText(failure: unknown): string {
  try {
    if (failure instanceof Error) return String(failure.message) || String(failure.name);
    return String(failure);
  } catch {
    return "it threw something that cannot be shown";
  }
}

function oneLine(text: string): string {
  return text
    .slice(0, textMax * 2)
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ")
    .trim();
}
