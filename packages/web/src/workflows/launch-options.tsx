// What a run is given besides its arguments: the folder, the budget, and which stored answers it may take.
import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { workflowFolder } from "./folder.ts";
import { withoutError } from "./launch-arguments.tsx";
import type { LaunchEntries } from "./launch-input.ts";
import type { LaunchState } from "./use-launch.ts";

type State = Pick<LaunchState, "budget" | "cache" | "errors">;

export function LaunchOptions({ state }: { readonly state: State }): JSX.Element {
  const { budget, cache, errors } = state;
  return (
    <div class="launch-options">
      <TextOption
        label="Folder"
        hint="Absolute path that the agents work in. Empty: the daemon's own."
        text={workflowFolder}
        name="cwd"
        errors={errors}
      />
      <TextOption
        label="Budget"
        hint="Tokens, such as 200k. Empty: no limit."
        text={budget}
        name="budget"
        errors={errors}
      />
      <label class="field">
        <span>Stored answers</span>
        <select
          class="select"
          value={cache.value}
          onChange={(event) => {
            cache.value = event.currentTarget.value as LaunchEntries["cache"];
          }}
        >
          <option value="use">Take, where nothing is changed</option>
          <option value="fresh">Take none of other runs</option>
          <option value="all">Take all</option>
        </select>
        <span class="field-hint">Whether answers of other runs may stand for asking again.</span>
      </label>
    </div>
  );
}

interface TextOptionProps {
  readonly label: string;
  readonly hint: string;
  readonly text: Signal<string>;
  /** Under which its errors are told. */
  readonly name: string;
  readonly errors: LaunchState["errors"];
}

function TextOption({ label, hint, text, name, errors }: TextOptionProps): JSX.Element {
  const id = useId();
  const error = errors.value.get(name);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        class="input"
        type="text"
        autoComplete="off"
        spellcheck={false}
        value={text.value}
        aria-invalid={error !== undefined}
        aria-describedby={`${id}-hint`}
        onInput={(event) => {
          text.value = event.currentTarget.value;
          errors.value = withoutError(errors.value, name);
        }}
      />
      <span id={`${id}-hint`} class="field-hint">
        {hint}
        {error === undefined ? null : <span class="field-error"> {error}</span>}
      </span>
    </div>
  );
}
