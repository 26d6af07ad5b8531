// What somebody is about to start: what he has entered, what is wrong with it, and what is being done about it.
import { LatheProblem } from "@lathe/client";
import type { JsonObject, Run } from "@lathe/kernel";
import type { WorkflowCheck } from "@lathe/wire";
import { type NewRunInput, workflowsCheck } from "@lathe/wire/operations";
import { batch, type Signal, useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { goFrom } from "../app/navigation.ts";
import type { Place } from "../app/places.ts";
import { announce } from "../kit/announce.tsx";
import { toast } from "../kit/toasts.tsx";
import { PressKeys } from "../state/ask-once.ts";
import { ask } from "../state/daemon.ts";
import { type ArgumentField, argumentFields } from "./argument-fields.ts";
import { scopeOf, workflowFolder } from "./folder.ts";
import { startRun } from "./launch.ts";
import { prefill } from "./launch-again.ts";
import { type Entered, enteredOf, type FieldErrors, type LaunchEntries, readLaunch } from "./launch-input.ts";
import { refusedFields } from "./refused-fields.ts";

/** What is run: a workflow by its name, or a text. */
export type LaunchSource =
  | { readonly kind: "workflow"; readonly name: string }
  | { readonly kind: "script"; readonly script: string };

export interface LaunchProps {
  readonly source: LaunchSource;
  /** Null while it is not known. */
  readonly meta: JsonObject | null;
  /** It can be checked, but not started. */
  readonly isBroken?: boolean;
  readonly onCheck?: (check: WorkflowCheck) => void;
}

export interface LaunchState {
  readonly fields: readonly ArgumentField[];
  readonly entered: Signal<Entered>;
  /** Null = the fields count. */
  readonly json: Signal<string | null>;
  readonly budget: Signal<string>;
  readonly cache: Signal<LaunchEntries["cache"]>;
  readonly errors: Signal<FieldErrors>;
  /** Why it was not checked or started, where that is no matter of a field; null where it is, or was. */
  readonly failure: Signal<unknown>;
  readonly check: Signal<WorkflowCheck | null>;
  readonly doing: Signal<"nothing" | "checking" | "starting">;
}

export interface Launch extends LaunchState {
  /** Starts it, unless something is wrong with what was entered, and goes to the run. Never throws. */
  readonly run: (isDry: boolean) => Promise<void>;
  /** Says whether it could be run. Never throws. */
  readonly checkIt: () => Promise<void>;
}

const noErrors: FieldErrors = new Map();

export function useLaunch({ source, meta, isBroken = false, onCheck }: LaunchProps): Launch {
  const state: LaunchState = {
    fields: useMemo(() => argumentFields(meta), [meta]),
    entered: useSignal<Entered>({}),
    json: useSignal<string | null>(null),
    budget: useSignal(""),
    cache: useSignal<LaunchEntries["cache"]>("use"),
    errors: useSignal(noErrors),
    failure: useSignal<unknown>(null),
    check: useSignal<WorkflowCheck | null>(null),
    doing: useSignal<"nothing" | "checking" | "starting">("nothing"),
  };
  const keys = useRef(new PressKeys());
  usePrefill(source, meta, state);
  const named = source.kind === "workflow" ? { workflow: source.name } : { script: source.script };
  const { doing, failure, check, errors } = state;

  const checkIt = async (): Promise<void> => {
    if (doing.value !== "nothing") return;
    doing.value = "checking";
    failure.value = null;
    try {
      check.value = await ask(workflowsCheck, { ...named, ...scopeOf(workflowFolder.value.trim()) });
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
    const read = readLaunch(entriesOf(state));
    errors.value = read.kind === "wrong" ? read.errors : noErrors;
    if (read.kind === "wrong") return announce("Something is not right in the form.");
    doing.value = "starting";
    try {
      const dry = isDry ? { dryRun: true } : {};
      const begun = await pressed({ kind: "workflow", ...named, ...read.options, ...dry }, keys.current);
      toast("The run was started.");
      goFrom(placeOf(source), { kind: "run", id: begun.id });
    } catch (thrown) {
      const refused = refusedFields(thrown, entriesOf(state).json === null ? state.fields : []);
      errors.value = refused.errors;
      if (!refused.isAll) failure.value = thrown;
      announce("The run was not started.");
    }
    doing.value = "nothing";
  };
  return { ...state, run, checkIt };
}

/** Where its form stands. */
function placeOf(source: LaunchSource): Place {
  return source.kind === "workflow" ? { kind: "workflow", name: source.name } : { kind: "workflows" };
}

function entriesOf({ fields, entered, json, budget, cache }: LaunchState): LaunchEntries {
  return {
    fields,
    entered: entered.value,
    json: fields.length === 0 ? (json.value ?? "") : json.value,
    budget: budget.value,
    folder: workflowFolder.value,
    cache: cache.value,
  };
}

/** A refusal is an answer, a lost connection is none. */
async function pressed(launch: NewRunInput, keys: PressKeys): Promise<Run> {
  try {
    const run = await startRun(launch, keys.keyFor(launch));
    keys.answered();
    return run;
  } catch (thrown) {
    if (thrown instanceof LatheProblem) keys.answered();
    throw thrown;
  }
}

/** Takes what a run was begun with, where somebody wants the same again. */
function usePrefill(source: LaunchSource, meta: JsonObject | null, state: LaunchState): void {
  const name = source.kind === "workflow" ? source.name : null;
  const { value } = prefill;
  useEffect(() => {
    if (value === null || value.name !== name || meta === null) return;
    prefill.value = null;
    const known = enteredOf(state.fields, value.args);
    batch(() => {
      state.entered.value = known ?? {};
      state.json.value = known === null ? JSON.stringify(value.args, null, 2) : null;
      state.budget.value = value.budget.tokens === null ? "" : String(value.budget.tokens);
    });
  }, [value, name, meta]);
}
