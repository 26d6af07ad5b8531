// Everything that a run of a workflow is given, and the buttons that check it, try it out and start it.
import { LatheProblem } from "@lathe/client";
import type { JsonObject } from "@lathe/kernel";
import type { WorkflowCheck } from "@lathe/wire";
import { type NewRunInput, workflowsCheck } from "@lathe/wire/operations";
import { batch, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useId, useMemo, useRef } from "preact/hooks";
import { go } from "../app/navigation.ts";
import { announce } from "../kit/announce.tsx";
import { Button } from "../kit/button.tsx";
import { failureText, ProblemCard } from "../kit/problem-card.tsx";
import { toast } from "../kit/toasts.tsx";
import { ask } from "../state/daemon.ts";
import { type ArgumentField, argumentFields } from "./argument-fields.ts";
import { ArgumentInput } from "./argument-inputs.tsx";
import { CheckReport } from "./check-report.tsx";
import { scopeOf, workflowFolder } from "./folder.ts";
import { PressKeys, startRun } from "./launch.ts";
import { prefill } from "./launch-again.ts";
import {
  type Entered,
  enteredOf,
  type FieldErrors,
  type LaunchEntries,
  readLaunch,
  templateOf,
  textOf,
} from "./launch-input.ts";

/** What is run: a workflow by its name, or a text. */
export type LaunchSource =
  | { readonly kind: "workflow"; readonly name: string }
  | { readonly kind: "script"; readonly script: string };

export interface LaunchFormProps {
  readonly source: LaunchSource;
  /** Null while it is not known. */
  readonly meta: JsonObject | null;
  /** It can be checked, but not started. */
  readonly isBroken?: boolean;
  readonly onCheck?: (check: WorkflowCheck) => void;
}

type Doing = "nothing" | "checking" | "starting";
const noErrors: FieldErrors = new Map();

export function LaunchForm({ source, meta, isBroken = false, onCheck }: LaunchFormProps): JSX.Element {
  const fields = useMemo(() => argumentFields(meta), [meta]);
  const entered = useSignal<Entered>({});
  const json = useSignal<string | null>(null);
  const budget = useSignal("");
  const cache = useSignal<LaunchEntries["cache"]>("use");
  const errors = useSignal<FieldErrors>(noErrors);
  const failure = useSignal<unknown>(null);
  const check = useSignal<WorkflowCheck | null>(null);
  const doing = useSignal<Doing>("nothing");
  const keys = useRef(new PressKeys());
  const form = useRef<HTMLFormElement>(null);
  const id = useId();
  const name = source.kind === "workflow" ? source.name : null;

  useEffect(() => {
    const { value } = prefill;
    if (value === null || value.name !== name || meta === null) return;
    prefill.value = null;
    const known = enteredOf(fields, value.args);
    batch(() => {
      entered.value = known ?? {};
      json.value = known === null ? JSON.stringify(value.args, null, 2) : null;
      budget.value = value.budget.tokens === null ? "" : String(value.budget.tokens);
    });
  }, [name, meta, fields]);

  const jsonText = fields.length === 0 ? (json.value ?? "") : json.value;
  const sourceInput = source.kind === "workflow" ? { workflow: source.name } : { script: source.script };

  const showErrors = (wrong: FieldErrors): void => {
    errors.value = wrong;
    // Once they are drawn, the first is where one goes on.
    setTimeout(() => form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
    announce("Something is not right in the form.");
  };

  const runCheck = async (): Promise<void> => {
    doing.value = "checking";
    failure.value = null;
    try {
      check.value = await ask(workflowsCheck, { ...sourceInput, ...scopeOf(workflowFolder.value.trim()) });
      onCheck?.(check.value);
    } catch (thrown) {
      check.value = null;
      failure.value = thrown;
    }
    doing.value = "nothing";
  };

  const run = async (isDry: boolean): Promise<void> => {
    if (doing.value !== "nothing" || isBroken) return;
    failure.value = null;
    const read = readLaunch({
      ...{ fields, entered: entered.value, json: jsonText, budget: budget.value },
      ...{ folder: workflowFolder.value, cache: cache.value },
    });
    if (read.kind === "wrong") return showErrors(read.errors);
    errors.value = noErrors;
    doing.value = "starting";
    try {
      await start({ kind: "workflow", ...sourceInput, ...read.options, ...(isDry ? { dryRun: true } : {}) });
    } catch (thrown) {
      const { named, isAll } = refusedFields(thrown, jsonText === null ? fields : []);
      if (named.size > 0) showErrors(named);
      // What is wrong with a field is said there; what is wrong with the whole is said once.
      if (!isAll) failure.value = thrown;
    }
    doing.value = "nothing";
  };

  const start = async (launch: NewRunInput): Promise<void> => {
    let begun: Awaited<ReturnType<typeof startRun>>;
    try {
      begun = await startRun(launch, keys.current.keyFor(launch));
    } catch (thrown) {
      if (thrown instanceof LatheProblem) keys.current.answered();
      throw thrown;
    }
    keys.current.answered();
    toast("The run was started.");
    go({ kind: "run", id: begun.id });
  };

  const errorOf = (field: string): string => errors.value.get(field) ?? "";
  return (
    <form
      class="launch-form"
      ref={form}
      aria-label="Start a run"
      onSubmit={(event) => {
        event.preventDefault();
        void run(false);
      }}
    >
      {jsonText === null ? (
        <fieldset class="launch-arguments">
          <legend>Arguments</legend>
          {fields.map((field) => (
            <ArgumentInput
              key={field.key}
              field={field}
              text={textOf(entered.value, field.key)}
              error={errorOf(`args.${field.key}`)}
              onText={(text) => {
                entered.value = { ...entered.value, [field.key]: text };
              }}
            />
          ))}
        </fieldset>
      ) : (
        <div class="field">
          <label for={`${id}-json`}>Arguments</label>
          <textarea
            id={`${id}-json`}
            class="textarea mono"
            rows={6}
            dir="auto"
            value={jsonText}
            aria-invalid={errorOf("args") !== ""}
            aria-describedby={`${id}-json-hint`}
            onInput={(event) => {
              json.value = event.currentTarget.value;
            }}
          />
          <span id={`${id}-json-hint`} class="field-hint">
            A JSON value or any text; empty for none. {jsonErrors(errors.value)}
          </span>
        </div>
      )}
      {fields.length === 0 ? null : (
        <Button
          kind="quiet"
          class="launch-switch"
          onClick={() => {
            errors.value = noErrors;
            json.value = json.value === null ? jsonOfEntries(fields, entered.value) : null;
          }}
        >
          {json.value === null ? "Enter them as JSON" : "Enter them field by field"}
        </Button>
      )}
      <div class="launch-options">
        <TextOption
          label="Folder"
          hint="Absolute path that the agents work in. Empty: the daemon's own."
          text={workflowFolder.value}
          error={errorOf("cwd")}
          onText={(text) => {
            workflowFolder.value = text;
          }}
        />
        <TextOption
          label="Budget"
          hint="Tokens, such as 200k. Empty: no limit."
          text={budget.value}
          error={errorOf("budget")}
          onText={(text) => {
            budget.value = text;
          }}
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
            <option value="use">Use those of agents that change nothing</option>
            <option value="fresh">Use none of other runs</option>
            <option value="all">Use all, also of agents that change things</option>
          </select>
        </label>
      </div>
      <div class="launch-actions">
        <Button
          type="submit"
          kind="primary"
          icon="play"
          aria-disabled={isBroken || doing.value !== "nothing"}
        >
          {doing.value === "starting" ? "Starting" : "Run"}
        </Button>
        <Button aria-disabled={isBroken || doing.value !== "nothing"} onClick={() => void run(true)}>
          Dry run
        </Button>
        <Button aria-disabled={doing.value !== "nothing"} onClick={() => void runCheck()}>
          {doing.value === "checking" ? "Checking" : "Check"}
        </Button>
        <span class="muted launch-note">
          A dry run asks no model: its answers are made up, and nothing is spent.
        </span>
      </div>
      {failure.value === null ? null : (
        <ProblemCard title="It was not started">{failureText(failure.value)}</ProblemCard>
      )}
      {check.value === null ? null : <CheckReport check={check.value} />}
    </form>
  );
}

interface TextOptionProps {
  readonly label: string;
  readonly hint: string;
  readonly text: string;
  readonly error: string;
  readonly onText: (text: string) => void;
}

function TextOption({ label, hint, text, error, onText }: TextOptionProps): JSX.Element {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        class="input"
        type="text"
        autoComplete="off"
        spellcheck={false}
        value={text}
        aria-invalid={error !== ""}
        aria-describedby={`${id}-hint`}
        onInput={(event) => onText(event.currentTarget.value)}
      />
      <span id={`${id}-hint`} class="field-hint">
        {hint}
        {error === "" ? null : <span class="field-error"> {error}</span>}
      </span>
    </div>
  );
}

function jsonErrors(errors: FieldErrors): JSX.Element[] {
  return [...errors]
    .filter(([field]) => field === "args" || field.startsWith("args."))
    .map(([field, message]) => (
      <span key={field} class="field-error">
        {field === "args" ? message : `${field.slice("args.".length)}: ${message}`}
      </span>
    ));
}

/** What was entered so far, or a template where nothing was. */
function jsonOfEntries(fields: readonly ArgumentField[], entered: Entered): string {
  const nothing = { json: null, budget: "", folder: "", cache: "use" } as const;
  const given = fields.map((field) => ({ ...field, isRequired: false }));
  const read = readLaunch({ fields: given, entered, ...nothing });
  if (read.kind === "wrong" || read.options.args === undefined) return templateOf(fields);
  return JSON.stringify(read.options.args, null, 2);
}

interface RefusedFields {
  readonly named: FieldErrors;
  /** Nothing else was refused. */
  readonly isAll: boolean;
}

/** What the daemon refused of the fields that the form shows. `shown`: none where the arguments are one JSON value. */
function refusedFields(thrown: unknown, shown: readonly ArgumentField[]): RefusedFields {
  if (!(thrown instanceof LatheProblem)) return { named: noErrors, isAll: false };
  const isShown = (name: string): boolean => {
    if (name === "cwd" || name === "budget") return true;
    if (shown.length === 0) return name === "args" || name.startsWith("args.");
    return shown.some(({ key }) => name === `args.${key}`);
  };
  const errors = thrown.errors.map(
    ({ field, message }) => [field.replace(/^budget\..*$/, "budget"), message] as const,
  );
  const named = new Map(errors.filter(([name]) => isShown(name)));
  return { named, isAll: errors.length > 0 && named.size === errors.length };
}
