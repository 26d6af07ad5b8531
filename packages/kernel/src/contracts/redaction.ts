import type { Release } from "../scope.ts";
import { type Token, token } from "../token.ts";
import type { JsonValue } from "./json.ts";

/**
 * Takes secrets out of what is about to be kept or shown. Each is replaced by `[redacted:kind]`.
 *
 * What was registered is always found; credentials of well-known shapes are found by their shape. Time is linear in the
 * length of what is given. Redacting twice changes nothing. Nothing here throws.
 */
export interface Redactor {
  /** The same string where nothing was found. */
  text(text: string): string;
  /**
   * The value with every string in it redacted, names of members too, and with the values of members whose names say
   * that they are secret (`authorization`, `apiKey`, `password` ...). The same value where nothing was found.
   */
  json<Value extends JsonValue>(value: Value): Value;
  /** For a text that comes in pieces. */
  stream(): RedactedStream;
}

/** Redacts a text that comes in pieces as if it had come at once. */
export interface RedactedStream {
  /** Takes the next piece, and gives what can be shown by now: a beginning of a secret is held back. */
  push(piece: string): string;
  /** The text is over: gives what was held back. */
  end(): string;
  /** Whether anything was replaced so far. */
  readonly found: boolean;
}

export interface Redaction extends Redactor {
  /**
   * From now on this value is a secret, also in base64, URL-encoded and as a JSON string. Values of fewer than 8
   * characters are left out: they would be found everywhere. Returns how to forget it.
   */
  register(secret: string): Release;
}

export const RedactionService: Token<Redaction> = token<Redaction>("redaction");
