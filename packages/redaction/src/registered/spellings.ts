// How a registered secret may be spelled where it turns up.

/** A spelling that is shorter than this would be found everywhere. */
export const spellingMin = 8;

/**
 * The secret as it is, as a JSON string (also inside of another one), percent-encoded, and in base64 and base64url at
 * each of the three places that it can have in what was encoded.
 */
export function spellingsOf(secret: string): readonly string[] {
  const escaped = insideJson(secret);
  const spellings = [
    secret,
    escaped,
    insideJson(escaped),
    ...percentEncoded(secret),
    ...base64Encoded(secret),
  ];
  return [...new Set(spellings)].filter(({ length }) => length >= spellingMin);
}

function insideJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function percentEncoded(secret: string): readonly string[] {
  const common = encodeURIComponent(secret.toWellFormed());
  const strict = common.replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  const forms = [common, strict].flatMap((encoded) => [encoded, encoded.replaceAll("%20", "+")]);
  return forms.flatMap((form) => [form, form.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase())]);
}

function base64Encoded(secret: string): readonly string[] {
  const bytes = new TextEncoder().encode(secret);
  const encoded = [0, 1, 2].map((offset) => base64At(bytes, offset));
  return encoded.flatMap((text) => [text, text.replaceAll("+", "-").replaceAll("/", "_")]);
}

/** The characters that depend on nothing but these bytes, when so many (modulo 3) come before them. */
function base64At(bytes: Uint8Array, offset: number): string {
  let binary = "\0".repeat(offset);
  for (const byte of bytes) binary += String.fromCharCode(byte);
  const text = btoa(binary);
  const bitCount = (offset + bytes.length) * 8;
  return text.slice(Math.ceil((offset * 8) / 6), Math.floor(bitCount / 6));
}
