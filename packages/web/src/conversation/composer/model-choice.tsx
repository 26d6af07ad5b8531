// Which model answers from now on.

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { models, readCatalogue } from "../../state/catalogue.ts";

export interface ModelChoiceProps {
  /** `provider/model` or an alias; null = what the agent asks for. */
  readonly model: string | null;
  readonly onChoose: (model: string | null) => void;
  readonly label?: string;
}

export const modelChoiceClass = "model-choice";

export function ModelChoice({ model, onChoose, label = "Model" }: ModelChoiceProps): JSX.Element {
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
      <option value="">Agent's model</option>
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

/** Reads what can be chosen when it is first needed; without it one can send all the same. */
export function useCatalogue(): void {
  useEffect(() => {
    if (models.peek() === null) void readCatalogue().catch(() => undefined);
  }, []);
}
