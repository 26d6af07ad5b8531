// Runs a script that somebody pastes: checked first, so that the form knows its arguments.
import type { JsonObject } from "@lathe/kernel";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { size } from "../kit/amounts.ts";
import { LaunchForm } from "./launch-form.tsx";

export const scriptLengthMax = 524_288;

export function RunScript(): JSX.Element {
  const script = useSignal("");
  const meta = useSignal<JsonObject | null>(null);
  const id = useId();
  const isEmpty = script.value.trim() === "";
  const isTooLong = script.value.length > scriptLengthMax;
  return (
    <div class="run-script">
      <div class="field">
        <label for={id}>Script</label>
        <textarea
          id={id}
          class="textarea mono run-script-text"
          rows={12}
          spellcheck={false}
          autoCapitalize="off"
          dir="ltr"
          placeholder={'export const meta = { name: "...", description: "..." };'}
          value={script.value}
          aria-invalid={isTooLong}
          aria-describedby={`${id}-hint`}
          onInput={(event) => {
            script.value = event.currentTarget.value;
          }}
        />
        <span id={`${id}-hint`} class={isTooLong ? "field-hint field-error" : "field-hint"}>
          {isTooLong
            ? `This is ${size(script.value.length)}; at most ${size(scriptLengthMax)} can be run.`
            : "Check it to see its arguments as a form."}
        </span>
      </div>
      <LaunchForm
        source={{ kind: "script", script: script.value }}
        meta={meta.value}
        isBroken={isEmpty || isTooLong}
        onCheck={(check) => {
          meta.value = check.meta;
        }}
      />
    </div>
  );
}
