// What a run came to: texts as they were meant to be read, values as JSON.
import type { JsonValue } from "@lathe/kernel";
import type { JSX } from "preact";
import { JsonValue as ShownJson } from "../kit/code/json-value.tsx";
import { CopyButton } from "../kit/copy-button.tsx";
import { Fold } from "../kit/fold.tsx";
import { Foreign } from "../kit/foreign.tsx";
import { Markdown } from "../kit/markdown/markdown.tsx";

export function RunResult({ result }: { readonly result: JsonValue }): JSX.Element | null {
  if (result === null) return null;
  const texts = textsOf(result);
  return (
    <section class="run-result" aria-label="Result">
      <h2 class="run-section-head">
        Result
        <CopyButton
          what="the result"
          text={() => (typeof result === "string" ? result : JSON.stringify(result, null, 2))}
        />
      </h2>
      {typeof result === "string" ? <Markdown text={result} /> : null}
      {texts.map(([key, text]) => (
        <div key={key} class="run-result-text">
          <h3 class="muted">
            <Foreign text={key} />
          </h3>
          <Markdown text={text} />
        </div>
      ))}
      {typeof result === "string" ? null : texts.length === 0 ? (
        <ShownJson value={result} />
      ) : (
        <Fold summary="The whole result as JSON">{() => <ShownJson value={result} />}</Fold>
      )}
    </section>
  );
}

/** The values of an object that are texts of several lines: what its author wants to be read. */
export function textsOf(result: JsonValue): readonly (readonly [key: string, text: string])[] {
  if (typeof result !== "object" || result === null || Array.isArray(result)) return [];
  return Object.entries(result).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string" && entry[1].includes("\n"),
  );
}
