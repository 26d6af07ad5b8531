// What a run has spent of what it may: told in words, and shown as a bar where there is a limit.
import type { WorkflowStatus } from "@lathe/wire";
import type { JSX } from "preact";
import { percent } from "../kit/amounts.ts";
import { budgetParts } from "./workflow-words.ts";
import "./budget-bar.css";

export function BudgetBar({ budget }: { readonly budget: WorkflowStatus["budget"] }): JSX.Element {
  return (
    <div class="run-budget">
      {budgetParts(budget).map(({ text, share }) => (
        <div key={text} class="run-budget-part">
          <span>
            {text}
            {share === null ? null : <span class="run-budget-share"> ({percent(share)})</span>}
          </span>
          {share === null ? null : (
            <span class="run-budget-bar" aria-hidden="true">
              <span
                class={`run-budget-used ${share >= 0.9 ? "run-budget-scarce" : ""}`}
                style={{ inlineSize: `${share * 100}%` }}
              />
            </span>
          )}
        </div>
      ))}
    </div>
  );
}
