// What a workflow says of itself, and where it comes from.
import type { JsonObject, JsonValue } from "@lathe/kernel";
import type { WorkflowDocument, WorkflowSource } from "@lathe/wire";
import type { JSX } from "preact";
import { Badge } from "../kit/badge.tsx";
import { JsonValue as ShownJson } from "../kit/code/json-value.tsx";
import { Fold } from "../kit/fold.tsx";
import { Foreign } from "../kit/foreign.tsx";
import { Fact } from "../runs/run-facts.tsx";

const sourceWords: Readonly<Record<WorkflowSource["kind"], string>> = {
  project: "Project",
  home: "Home",
  "built-in": "Built in",
};

export function SourceBadge({ source }: { readonly source: WorkflowSource }): JSX.Element {
  return <Badge>{sourceWords[source.kind]}</Badge>;
}

export function WorkflowFacts({ workflow }: { readonly workflow: WorkflowDocument }): JSX.Element {
  const { description, whenToUse, source, dialect, phases, shadows } = workflow;
  const others = otherMeta(workflow.meta);
  return (
    <>
      {description === "" ? null : (
        <p>
          <Foreign text={description} />
        </p>
      )}
      <dl class="run-facts workflow-facts">
        {whenToUse === null ? null : (
          <Fact label="When to use">
            <Foreign text={whenToUse} />
          </Fact>
        )}
        <Fact label="From">
          <SourceBadge source={source} />{" "}
          {source.path === null ? null : <Foreign text={source.path} class="mono" />}
        </Fact>
        {dialect === "object" ? <Fact label="Form">Exports an object</Fact> : null}
        {shadows.length === 0 ? null : (
          <Fact label="Used instead of">
            {shadows.map((shadow) => (
              <Foreign key={shadow.path} text={shadow.path ?? sourceWords[shadow.kind]} class="mono" />
            ))}
          </Fact>
        )}
        {phases.length === 0 ? null : (
          <Fact label="Phases">
            <ol class="workflow-declared">
              {phases.map(({ title, detail, model }, at) => (
                <li key={at}>
                  <Foreign text={title} />
                  {detail === undefined ? null : <Foreign text={`: ${detail}`} class="muted" />}
                  {model === undefined ? null : <Foreign text={` (${model})`} class="muted" />}
                </li>
              ))}
            </ol>
          </Fact>
        )}
      </dl>
      {others === null ? null : (
        <Fold summary="More that it says of itself">{() => <ShownJson value={others} />}</Fold>
      )}
    </>
  );
}

const shownKeys: ReadonlySet<string> = new Set(["name", "description", "whenToUse", "phases"]);

/** What the metadata hold beyond what is shown anyway; null where that is nothing. */
function otherMeta(meta: JsonObject | null): JsonValue | null {
  if (meta === null) return null;
  const others = Object.entries(meta).filter(([key]) => !shownKeys.has(key));
  return others.length === 0 ? null : Object.fromEntries(others);
}
