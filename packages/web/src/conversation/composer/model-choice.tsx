// Which model answers from now on.

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { agents, models, readCatalogue } from "../../state/catalogue.ts";

export interface ModelChoiceProps {
  /** `provider/model` or an alias; null = what the agent asks for. */
  readonly model: string | null;
  /** The agent whose model answers where none is chosen. */
  readonly agent: string;
  readonly onChoose: (model: string | null) => void;
  readonly label?: string;
}

export const modelChoiceClass = "model-choice";

export function ModelChoice({ model, agent, onChoose, label = "Model" }: ModelChoiceProps): JSX.Element {
  useCatalogue();
  const { value } = models;
  const items = value?.items ?? [];
  const providers = [...new Set(items.map(({ provider }) => provider))];
  const isUnlisted = model !== null && items.every(({ id }) => id !== model);
  return (
    <select
      class={`select ${modelChoiceClass}`}
      aria-label={label}
      title={model ?? "The agent's own choice"}
      value={model ?? ""}
      onChange={({ currentTarget }) => onChoose(currentTarget.value === "" ? null : currentTarget.value)}
    >
      <option value="">{ownChoice(agent)}</option>
      {isUnlisted ? <option value={model}>{model}</option> : null}
      {providers.map((provider) => (
        <optgroup key={provider} label={provider}>
          {items
            .filter((item) => item.provider === provider)
            .map(({ id }) => (
              <option key={id} value={id}>
                {id}
              </option>
            ))}
        </optgroup>
      ))}
    </select>
  );
}

/** Which model answers where nobody chooses one, as far as that is known. */
function ownChoice(agent: string): string {
  const asked = agents.value?.items.find(({ name }) => name === agent)?.model ?? models.value?.default;
  return asked === undefined || asked === null ? "Agent's model" : `Agent's model: ${asked}`;
}

/** Reads what can be chosen when it is first needed; without it one can send all the same. */
export function useCatalogue(): void {
  useEffect(() => {
    if (models.peek() === null) void readCatalogue().catch(() => undefined);
  }, []);
}
