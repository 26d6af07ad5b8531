// One labelled input for each argument of a workflow.
import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { Foreign } from "../kit/foreign.tsx";
import { type ArgumentField, choiceText, wantedNumber } from "./argument-fields.ts";

export interface ArgumentInputProps {
  readonly field: ArgumentField;
  readonly text: string;
  /** Empty = nothing is wrong. */
  readonly error: string;
  readonly onText: (text: string) => void;
}

export function ArgumentInput({ field, text, error, onText }: ArgumentInputProps): JSX.Element {
  const id = useId();
  const hint = hintOf(field);
  const common = {
    id,
    "aria-describedby": `${id}-hint`,
    "aria-invalid": error !== "",
    "aria-required": field.isRequired,
  };
  return (
    <div class="field">
      <label for={id}>
        {field.title === null ? (
          <Foreign text={field.key} class="mono" />
        ) : (
          <>
            <Foreign text={field.title} /> <Foreign text={field.key} class="mono muted" />
          </>
        )}
        {field.isRequired ? <span class="muted"> required</span> : null}
      </label>
      <Input field={field} text={text} onText={onText} common={common} />
      <span id={`${id}-hint`} class="field-hint">
        {hint === "" ? null : <Foreign text={hint} />}
        {error === "" ? null : <span class="field-error"> {error}</span>}
      </span>
    </div>
  );
}

type Common = Pick<
  JSX.IntrinsicElements["input"],
  "id" | "aria-describedby" | "aria-invalid" | "aria-required"
>;

function Input({
  field,
  text,
  onText,
  common,
}: Omit<ArgumentInputProps, "error"> & { readonly common: Common }): JSX.Element {
  const { form, choices } = field;
  if (form === "boolean" || form === "choice") {
    const values = form === "boolean" ? [true, false] : choices;
    return (
      <select
        {...(common as object)}
        class="select"
        value={text}
        onChange={(event) => onText(event.currentTarget.value)}
      >
        <option value="">Not given</option>
        {values.map((value) => (
          <option key={choiceText(value)} value={choiceText(value)}>
            {form === "boolean" ? (value === true ? "Yes" : "No") : choiceText(value)}
          </option>
        ))}
      </select>
    );
  }
  if (form === "number" || form === "integer")
    return (
      <input
        {...(common as object)}
        class="input"
        type="text"
        inputMode={form === "integer" ? "numeric" : "decimal"}
        value={text}
        onInput={(event) => onText(event.currentTarget.value)}
      />
    );
  return (
    <textarea
      {...(common as object)}
      class={`textarea ${form === "json" ? "mono" : ""}`}
      rows={form === "lines" || form === "json" ? 3 : 1}
      dir="auto"
      value={text}
      onInput={(event) => onText(event.currentTarget.value)}
    />
  );
}

const formHints: Readonly<Record<ArgumentField["form"], string>> = {
  text: "",
  number: "",
  integer: "",
  boolean: "",
  choice: "",
  lines: "One on each line.",
  json: "A JSON value.",
  open: "Text, a number or JSON.",
};

function hintOf(field: ArgumentField): string {
  const { description, form, usual } = field;
  const isNumber = form === "number" || form === "integer";
  const formHint = isNumber ? wantedNumber(field).replace(/^a/, "A").concat(".") : formHints[form];
  const otherwise = usual === undefined ? "" : `Usually ${choiceText(usual)}.`;
  const said = description === null ? "" : description.replace(/([^.!?])$/, "$1.");
  return [said, formHint, otherwise].filter((part) => part !== "").join(" ");
}
