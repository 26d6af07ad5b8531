// Two passes, one behind the other: what was registered goes first, so that nothing that only looks like a credential
// can take a part of it away.
import type { JsonValue, RedactedStream, Redaction } from "@lathe/kernel";
import { MemberNames } from "./member-names.ts";
import { redactJson } from "./redact-json.ts";
import { redactWhole } from "./redact-whole.ts";
import { RegisteredScanner } from "./registered/registered-scanner.ts";
import { SpellingIndex } from "./registered/spelling-index.ts";
import { spellingMin, spellingsOf } from "./registered/spellings.ts";
import { ScannedStream } from "./scanned-stream.ts";
import { shapeScanner } from "./shapes/shape-scanner.ts";

/** Creates a redaction that knows the shapes of credentials, and no value of one yet. */
export function createRedaction(): Redaction {
  const counts = new Map<string, number>();
  const registered = new RegisteredScanner(new SpellingIndex([]));
  const reindex = (): void => {
    registered.index = new SpellingIndex([...counts.keys()].flatMap(spellingsOf));
    names.forget();
  };
  const text = (given: string): string => redactWhole(shapeScanner, redactWhole(registered, given));
  const names = new MemberNames(text);

  const register = (secret: string): (() => void) => {
    if (secret.length < spellingMin) return () => undefined;
    const count = counts.get(secret) ?? 0;
    counts.set(secret, count + 1);
    if (count === 0) reindex();
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const left = (counts.get(secret) ?? 1) - 1;
      if (left > 0) counts.set(secret, left);
      else if (counts.delete(secret)) reindex();
    };
  };

  return Object.freeze({
    text,
    json: <Value extends JsonValue>(value: Value): Value => redactJson(value, { text, names }) as Value,
    stream: () => new TwoPassStream(registered),
    register,
  });
}

class TwoPassStream implements RedactedStream {
  readonly #first: ScannedStream;
  readonly #second = new ScannedStream(shapeScanner);

  constructor(registered: RegisteredScanner) {
    this.#first = new ScannedStream(registered);
  }

  get found(): boolean {
    return this.#first.found || this.#second.found;
  }

  push(piece: string): string {
    return this.#second.push(this.#first.push(piece));
  }

  end(): string {
    return this.#second.push(this.#first.end()) + this.#second.end();
  }
}
