// A JSON value, in colors, with its deeper levels folded.

import { useSignal } from "@preact/signals";
import type { ComponentChildren, VNode } from "preact";
import { visibleChildren } from "./visible-text.tsx";
import "./json-value.css";

const entriesAtFirst = 100;
const stringCharsAtFirst = 2_000;
/** Levels that are open at first, and how many entries a level below the first may have to be open. */
const openDepth = 2;
const openEntryCount = 20;

export interface JsonValueProps {
  /** A value as `JSON.parse` gives it: without cycles. */
  readonly value: unknown;
}

/** Shows `value`. What is folded is not rendered, so the depth and the size of a value cost nothing until it is opened. */
export function JsonValue({ value }: JsonValueProps): VNode {
  return (
    <div class="json" dir="ltr">
      <Value value={value} depth={0} />
    </div>
  );
}

interface ValueProps {
  readonly value: unknown;
  readonly depth: number;
}

function Value({ value, depth }: ValueProps): VNode {
  if (typeof value === "string") return <Text text={value} />;
  if (typeof value === "number" || typeof value === "boolean" || value === null) {
    return <span class="code-number">{String(value)}</span>;
  }
  if (typeof value !== "object") return <span class="code-comment">{visibleChildren(String(value))}</span>;
  const isList = Array.isArray(value);
  return <Entries value={value as Readonly<Record<string, unknown>>} isList={isList} depth={depth} />;
}

function Text({ text }: { readonly text: string }): VNode {
  const isWhole = useSignal(text.length <= stringCharsAtFirst);
  const shown = isWhole.value ? text : text.slice(0, stringCharsAtFirst);
  return (
    <>
      <span class="code-string" dir="auto">
        {visibleChildren(quoted(shown))}
      </span>
      {isWhole.value ? null : (
        <button type="button" class="json-more" onClick={() => (isWhole.value = true)}>
          … {(text.length - shown.length).toLocaleString("en")} characters more
        </button>
      )}
    </>
  );
}

/** As JSON writes it, but with its lines: a reader wants to see them. */
function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}

interface EntriesProps {
  readonly value: Readonly<Record<string, unknown>>;
  readonly isList: boolean;
  readonly depth: number;
}

function Entries({ value, isList, depth }: EntriesProps): VNode {
  const keys = Object.keys(value);
  const isOpen = useSignal(depth < openDepth && (depth === 0 || keys.length <= openEntryCount));
  const shownCount = useSignal(entriesAtFirst);
  const [open, close] = isList ? ["[", "]"] : ["{", "}"];
  if (keys.length === 0) return <span>{`${open}${close}`}</span>;
  const hiddenCount = keys.length - shownCount.value;
  return (
    <>
      <button
        type="button"
        class="json-fold"
        aria-expanded={isOpen.value}
        onClick={() => (isOpen.value = !isOpen.value)}
      >
        {open}
        {isOpen.value ? null : <span class="json-count">{` ${amount(keys.length, isList)} ${close}`}</span>}
      </button>
      {isOpen.value ? (
        <>
          <ul class="json-entries">
            {keys.slice(0, shownCount.value).map((key) => (
              <li key={key}>
                {isList ? null : keyOf(key)}
                <Value value={value[key]} depth={depth + 1} />
              </li>
            ))}
          </ul>
          {hiddenCount <= 0 ? null : (
            <button type="button" class="json-more" onClick={() => (shownCount.value += 10 * entriesAtFirst)}>
              Show more ({amount(hiddenCount, isList)})
            </button>
          )}
          {close}
        </>
      ) : null}
    </>
  );
}

function keyOf(key: string): ComponentChildren {
  return (
    <>
      <span class="code-attribute" dir="auto">
        {visibleChildren(quoted(key.slice(0, 500)))}
      </span>
      {": "}
    </>
  );
}

function amount(count: number, isList: boolean): string {
  const noun = isList ? (count === 1 ? "item" : "items") : count === 1 ? "key" : "keys";
  return `${count.toLocaleString("en")} ${noun}`;
}
