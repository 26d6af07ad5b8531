// What the daemon is made of: every extension that it found, and why one is not active.
import { extensionsList } from "@lathe/wire/operations";
import type { JSX } from "preact";
import { PaneFrame } from "../app/pane-frame.tsx";
import type { Place } from "../app/places.ts";
import { Button, IconButton } from "../kit/button.tsx";
import { failureText, ProblemCard } from "../kit/problem-card.tsx";
import { useAnswer } from "../state/answer.ts";
import { ask } from "../state/daemon.ts";
import { ExtensionList } from "./extension-list.tsx";

export function ExtensionsPane(_: { readonly place: Extract<Place, { kind: "extensions" }> }): JSX.Element {
  const { answer, again } = useAnswer("extensions", (signal) => ask(extensionsList, {}, { signal }));
  const { value } = answer;
  return (
    <PaneFrame
      title="Extensions"
      class="extensions-pane"
      actions={<IconButton icon="refresh" label="Read the list again" onClick={again} />}
    >
      {value.kind === "asking" ? <p class="muted">Reading the list</p> : null}
      {value.kind === "failed" ? (
        <ProblemCard title="The list cannot be shown" actions={<Button onClick={again}>Try again</Button>}>
          {failureText(value.failure)}
        </ProblemCard>
      ) : null}
      {value.kind === "answered" ? <ExtensionList items={value.value.items} /> : null}
    </PaneFrame>
  );
}
