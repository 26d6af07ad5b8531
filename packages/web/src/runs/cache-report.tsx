// Why each call of a run was answered from what is stored, or was not.
import { workflowsCache } from "@lathe/wire/operations";
import type { JSX } from "preact";
import { counted } from "../kit/amounts.ts";
import { Button } from "../kit/button.tsx";
import { ScrollPlace } from "../kit/code/scroll-place.tsx";
import { failureText, ProblemCard } from "../kit/problem-card.tsx";
import { useAnswer } from "../state/answer.ts";
import { ask } from "../state/daemon.ts";
import { CacheTable } from "./cache-table.tsx";
import "./run-cache.css";

export function CacheReport({ id }: { readonly id: string }): JSX.Element {
  const { answer, again } = useAnswer(id, (signal) => ask(workflowsCache, { id }, { signal }));
  const { value } = answer;
  if (value.kind === "asking") return <p class="muted">Reading the report</p>;
  if (value.kind === "failed")
    return (
      <ProblemCard title="There is no report" actions={<Button onClick={again}>Try again</Button>}>
        {failureText(value.failure)}
      </ProblemCard>
    );
  const { items, hitCount, missCount } = value.value;
  return (
    <div class="run-cache">
      <p class="run-cache-head">
        {counted(hitCount, "call")} answered from the cache, {counted(missCount, "call")} not.{" "}
        <Button kind="quiet" icon="refresh" aria-disabled={value.isStale} onClick={again}>
          Read again
        </Button>
      </p>
      <ScrollPlace name="run-cache-scroll" label="Cache report">
        <CacheTable items={items} />
      </ScrollPlace>
    </div>
  );
}
