// The arguments of a run: field by field, or as one JSON value.
import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { Button } from "../kit/button.tsx";
import type { ArgumentField } from "./argument-fields.ts";
import { ArgumentInput } from "./argument-inputs.tsx";
import { type Entered, type FieldErrors, readLaunch, templateOf, textOf } from "./launch-input.ts";
import type { LaunchState } from "./use-launch.ts";

type State = Pick<LaunchState, "fields" | "entered" | "json" | "errors">;

export function LaunchArguments({ state }: { readonly state: State }): JSX.Element {
  const { fields, entered, json, errors } = state;
  const isJson = fields.length === 0 || json.value !== null;
  return (
    <>
      {isJson ? <JsonArguments state={state} /> : <FieldArguments state={state} />}
      {fields.length === 0 ? null : (
        <Button
          kind="quiet"
          class="launch-switch"
          onClick={() => {
            errors.value = new Map();
            json.value = json.value === null ? jsonOfEntries(fields, entered.value) : null;
          }}
        >
          {isJson ? "Enter them field by field" : "Enter them as JSON"}
        </Button>
      )}
    </>
  );
}

function FieldArguments({ state: { fields, entered, errors } }: { readonly state: State }): JSX.Element {
  return (
    <fieldset class="launch-arguments">
      <legend>Arguments</legend>
      {fields.map((field) => (
        <ArgumentInput
          key={field.key}
          field={field}
          text={textOf(entered.value, field.key)}
          error={errors.value.get(`args.${field.key}`) ?? ""}
          onText={(text) => {
            entered.value = { ...entered.value, [field.key]: text };
            errors.value = withoutError(errors.value, `args.${field.key}`);
          }}
        />
      ))}
    </fieldset>
  );
}

function JsonArguments({ state: { json, errors } }: { readonly state: State }): JSX.Element {
  const id = useId();
  const wrong = [...errors.value].filter(([name]) => name === "args" || name.startsWith("args."));
  return (
    <div class="field">
      <label for={id}>Arguments</label>
      <textarea
        id={id}
        class="textarea mono"
        rows={6}
        dir="auto"
        spellcheck={false}
        value={json.value ?? ""}
        aria-invalid={wrong.length > 0}
        aria-describedby={`${id}-hint`}
        onInput={(event) => {
          json.value = event.currentTarget.value;
          for (const [name] of wrong) errors.value = withoutError(errors.value, name);
        }}
      />
      <span id={`${id}-hint`} class="field-hint">
        A JSON value or any text; empty for none.
        {wrong.map(([name, message]) => (
          <span key={name} class="field-error">
            {name === "args" ? ` ${message}` : ` ${name.slice("args.".length)}: ${message}`}
          </span>
        ))}
      </span>
    </div>
  );
}

export function withoutError(errors: FieldErrors, name: string): FieldErrors {
  return errors.has(name) ? new Map([...errors].filter(([other]) => other !== name)) : errors;
}

/** What was entered so far, or a template where nothing was. */
function jsonOfEntries(fields: readonly ArgumentField[], entered: Entered): string {
  const nothing = { json: null, budget: "", folder: "", cache: "use" } as const;
  const given = fields.map((field) => ({ ...field, isRequired: false }));
  const read = readLaunch({ fields: given, entered, ...nothing });
  if (read.kind === "wrong" || read.options.args === undefined) return templateOf(fields);
  return JSON.stringify(read.options.args, null, 2);
}
