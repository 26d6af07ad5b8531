// The workflows that there are, and a place for a script that is none of them.
import type { WorkflowList, WorkflowSummary } from "@lathe/wire";
import { workflowsList, workflowsReload } from "@lathe/wire/operations";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { PaneFrame } from "../app/pane-frame.tsx";
import { PlaceLink } from "../app/place-link.tsx";
import type { Place } from "../app/places.ts";
import { Badge } from "../kit/badge.tsx";
import { Button, IconButton } from "../kit/button.tsx";
import { Fold } from "../kit/fold.tsx";
import { Foreign } from "../kit/foreign.tsx";
import { failureText, ProblemCard } from "../kit/problem-card.tsx";
import { attempt } from "../kit/toasts.tsx";
import { useAnswer } from "../state/answer.ts";
import { ask } from "../state/daemon.ts";
import { scopeOf, workflowFolder } from "./folder.ts";
import { RunScript } from "./run-script.tsx";
import { SourceBadge } from "./workflow-facts.tsx";
import "../runs/run.css";
import "./workflows.css";

export function WorkflowsPane(_: { readonly place: Extract<Place, { kind: "workflows" }> }): JSX.Element {
  const folder = workflowFolder.value.trim();
  const { answer, again } = useAnswer(folder, (signal) => ask(workflowsList, scopeOf(folder), { signal }));
  const reload = async (): Promise<void> => {
    if (await attempt("Not read again", () => ask(workflowsReload, scopeOf(folder)))) again();
  };
  const { value } = answer;
  return (
    <PaneFrame
      title="Workflows"
      class="workflows-pane"
      actions={<IconButton icon="refresh" label="Read the files again" onClick={() => void reload()} />}
    >
      <FolderChoice />
      {value.kind === "asking" ? <p class="muted">Reading the list</p> : null}
      {value.kind === "failed" ? (
        <ProblemCard title="The list cannot be shown" actions={<Button onClick={again}>Try again</Button>}>
          {failureText(value.failure)}
        </ProblemCard>
      ) : null}
      {value.kind === "answered" ? <List list={value.value} /> : null}
      <Fold summary={<h2 class="run-fold-title">Run a script</h2>}>{() => <RunScript />}</Fold>
    </PaneFrame>
  );
}

function FolderChoice(): JSX.Element {
  const text = useSignal(workflowFolder.peek());
  return (
    <form
      class="workflows-folder"
      onSubmit={(event) => {
        event.preventDefault();
        workflowFolder.value = text.value.trim();
      }}
    >
      <label class="field">
        <span>Also show the workflows of a folder</span>
        <input
          class="input"
          type="text"
          autoComplete="off"
          spellcheck={false}
          placeholder="Absolute path on the daemon's machine"
          value={text.value}
          onInput={(event) => {
            text.value = event.currentTarget.value;
          }}
        />
      </label>
      <Button type="submit">Show</Button>
    </form>
  );
}

function List({ list: { items, warnings } }: { readonly list: WorkflowList }): JSX.Element {
  return (
    <>
      {items.length === 0 ? <p class="empty">There are no workflows.</p> : null}
      <ul class="plain-list workflows-list">
        {items.map((item) => (
          <Item key={`${item.source.kind} ${item.source.path} ${item.name}`} item={item} />
        ))}
      </ul>
      {warnings.length === 0 ? null : (
        <section class="run-section" aria-label="About the folders">
          <h2>About the folders</h2>
          <ul class="plain-list workflow-warnings">
            {warnings.map(({ path, message }) => (
              <li key={`${path} ${message}`}>
                <Foreign text={path} class="mono" />: <Foreign text={message} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

export function Item({ item }: { readonly item: WorkflowSummary }): JSX.Element {
  const { name, description, source, error, phases } = item;
  return (
    <li class="workflows-item">
      <h2 class="workflows-item-name">
        <PlaceLink to={{ kind: "workflow", name }}>
          <Foreign text={name} />
        </PlaceLink>
        <SourceBadge source={source} />
        {error === null ? null : <Badge tone="danger">Broken</Badge>}
      </h2>
      {description === "" ? null : (
        <p>
          <Foreign text={description} />
        </p>
      )}
      {phases.length === 0 ? null : (
        <p class="muted">
          <Foreign text={phases.map(({ title }) => title).join(" → ")} />
        </p>
      )}
      {error === null ? null : (
        <p class="workflows-item-error">
          <Foreign text={error.message.split("\n", 1)[0] ?? ""} />
          {source.path === null ? null : (
            <>
              {" "}
              <Foreign text={source.path} class="mono" />
              {error.line === null ? "" : `, line ${error.line}`}
            </>
          )}
        </p>
      )}
    </li>
  );
}
