// What the history of runs is narrowed down to.
import type { RunStatus } from "@lathe/kernel";
import { type Signal, signal } from "@preact/signals";
import type { JSX } from "preact";
import { listChildren, runFeed } from "../state/run-feed.ts";
import { allStatuses, anyRun, kindWord, occurring, type RunFilter, statusWords } from "./run-rows.ts";

/** Stays while one looks at other places. */
export const runFilter: Signal<RunFilter> = signal(anyRun);

function narrow(change: Partial<RunFilter>): void {
  runFilter.value = { ...runFilter.value, ...change };
}

export function RunsFilters(): JSX.Element {
  const { status, kind, agent, withChildren } = runFilter.value;
  const { items } = runFeed.list.value;
  return (
    <fieldset class="runs-filters">
      <legend class="visually-hidden">Which runs are shown</legend>
      <Choice
        label="Status"
        value={status}
        choices={[["any", "Any status"], ...allStatuses.map((one) => [one, statusWords(one).word] as const)]}
        onChoice={(value) => narrow({ status: value as RunStatus | "any" })}
      />
      <Choice
        label="Kind"
        value={kind}
        choices={[
          ["", "Any kind"],
          ...occurring(items, "kind", kind).map((one) => [one, kindWord(one)] as const),
        ]}
        onChoice={(value) => narrow({ kind: value })}
      />
      <Choice
        label="Agent"
        value={agent}
        choices={[["", "Any agent"], ...occurring(items, "agent", agent).map((one) => [one, one] as const)]}
        onChoice={(value) => narrow({ agent: value })}
      />
      <label class="runs-check">
        <input
          type="checkbox"
          checked={withChildren}
          onChange={(event) => {
            narrow({ withChildren: event.currentTarget.checked });
            listChildren(event.currentTarget.checked);
          }}
        />
        <span>Include runs that other runs started</span>
      </label>
    </fieldset>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly (readonly [value: string, text: string])[];
  readonly onChoice: (value: string) => void;
}

function Choice({ label, value, choices, onChoice }: ChoiceProps): JSX.Element {
  return (
    <label class="field">
      <span class="visually-hidden">{label}</span>
      <select class="select" value={value} onChange={(event) => onChoice(event.currentTarget.value)}>
        {choices.map(([choice, text]) => (
          <option key={choice} value={choice}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}
