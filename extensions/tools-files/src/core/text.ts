// Telling text from other content, and bytes from characters.

const sniffedBytes = 8_192;

/** Text does not hold a NUL byte; nearly everything else does, early. */
export function looksBinary(bytes: Uint8Array): boolean {
  return bytes.subarray(0, sniffedBytes).includes(0);
}

/** Decodes UTF-8 as it is, a byte order mark included; undefined where it is not UTF-8. */
export function decodeExactly(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Decodes what can be decoded; a character that the end cuts in two is left out. */
export function decodeLeniently(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes, { stream: true });
}
