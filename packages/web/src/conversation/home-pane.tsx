// Where a conversation begins: who is to work, with which model, in which folder, and on what.
import { LatheProblem } from "@lathe/client";
import { conversationsCreate } from "@lathe/wire/operations";
import { type Signal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { goFrom } from "../app/navigation.ts";
import { PaneFrame } from "../app/pane-frame.tsx";
import type { Place } from "../app/places.ts";
import { useShortcuts } from "../app/shortcuts.ts";
import { VisibleText } from "../kit/code/visible-text.tsx";
import { toastFailure } from "../kit/toasts.tsx";
import { PressKeys, untilAnswered } from "../state/ask-once.ts";
import { agents, models } from "../state/catalogue.ts";
import { ask } from "../state/daemon.ts";
import { remembered } from "../state/remembered.ts";
import { Composer } from "./composer/composer.tsx";
import { draftOf } from "./composer/drafts.ts";
import { ModelChoice } from "./composer/model-choice.tsx";
import { startSending } from "./composer/sending.ts";
import "./home.css";

const asText = (kept: unknown): string | undefined => (typeof kept === "string" ? kept : undefined);
/** Empty = left to the daemon. */
const agentChoice: Signal<string> = remembered("new-agent", "", asText);
const modelChoice: Signal<string> = remembered("new-model", "", asText);
const folderChoice: Signal<string> = remembered("new-folder", "", asText);
/** Of the tab: whoever comes back and presses again, after an answer was lost, means the same conversation. */
const keys: PressKeys = new PressKeys();

export function HomePane(_: { readonly place: Extract<Place, { kind: "home" }> }): JSX.Element {
  const isBeginning = useSignal(false);
  const draft = draftOf("new");
  const pane = useRef<HTMLDivElement>(null);
  useShortcuts([
    { keys: "c", label: "Write a message", run: () => pane.current?.querySelector("textarea")?.focus() },
  ]);
  // Whoever comes here comes to write; where there is no keyboard, one would cover half of the page.
  useEffect(() => {
    if (matchMedia("(hover: hover)").matches) pane.current?.querySelector("textarea")?.focus();
  }, []);
  const begin = async (text: string): Promise<void> => {
    isBeginning.value = true;
    try {
      const asked = chosen();
      const idempotencyKey = keys.keyFor({ ...asked, text });
      const { id } = await untilAnswered(() => ask(conversationsCreate, asked, { idempotencyKey }));
      keys.answered();
      // What was typed meanwhile is another message.
      if (draft.value === text) draft.value = "";
      startSending(id, text, 0);
      goFrom({ kind: "home" }, { kind: "conversation", id });
    } catch (failure) {
      if (failure instanceof LatheProblem) keys.answered();
      toastFailure("The conversation could not be begun", failure);
    } finally {
      isBeginning.value = false;
    }
  };
  return (
    <PaneFrame title="New conversation">
      <div class="home" ref={pane}>
        <Composer
          draft={draft}
          label="Message"
          placeholder="Describe a task or ask a question"
          waitsFor={isBeginning.value ? "Beginning the conversation" : null}
          send={(text) => void begin(text)}
        />
        <Choices />
        <FirstSteps
          choose={(text) => {
            draft.value = text;
            pane.current?.querySelector("textarea")?.focus();
          }}
        />
      </div>
    </PaneFrame>
  );
}

function chosen(): { agent?: string; model?: string; cwd?: string } {
  const [agent, model, cwd] = [agentChoice.value, modelChoice.value, folderChoice.value.trim()];
  return {
    ...(agent === "" ? {} : { agent }),
    ...(model === "" ? {} : { model }),
    ...(cwd === "" ? {} : { cwd }),
  };
}

function Choices(): JSX.Element {
  const listed = agents.value?.items ?? [];
  const usable = listed.filter(({ error }) => error === null);
  const isUnlisted = agentChoice.value !== "" && usable.every(({ name }) => name !== agentChoice.value);
  const described = usable.find(({ name }) => name === agentChoice.value)?.description ?? null;
  return (
    <div class="home-choices">
      <label class="field">
        Agent
        <select
          class="select"
          value={agentChoice.value}
          onChange={({ currentTarget }) => {
            agentChoice.value = currentTarget.value;
          }}
        >
          <option value="">Default</option>
          {isUnlisted ? <option value={agentChoice.value}>{agentChoice.value}</option> : null}
          {usable.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
        {described === null ? null : (
          <span class="field-hint foreign" dir="auto">
            <VisibleText text={described} />
          </span>
        )}
      </label>
      <div class="field">
        <span>Model</span>
        <ModelChoice
          model={modelChoice.value === "" ? null : modelChoice.value}
          agent={agentChoice.value === "" ? "default" : agentChoice.value}
          onChoose={(model) => {
            modelChoice.value = model ?? "";
          }}
        />
      </div>
      <label class="field">
        Folder
        <input
          class="input mono"
          type="text"
          spellcheck={false}
          placeholder="The daemon's own folder"
          value={folderChoice.value}
          onInput={({ currentTarget }) => {
            folderChoice.value = currentTarget.value;
          }}
        />
        <span class="field-hint">Where the tools work: an absolute path on the daemon's machine.</span>
      </label>
    </div>
  );
}

const tries = [
  "List the files in this folder and tell me which is the largest",
  "Read README.md",
  'Search for "TODO"',
];

/** For somebody new: while nothing but the demo answers. */
function FirstSteps({ choose }: { readonly choose: (text: string) => void }): JSX.Element | null {
  const items = models.value?.items;
  if (items === undefined || items.some(({ provider }) => provider !== "scripted")) return null;
  return (
    <section class="home-first" aria-label="First steps">
      <p>
        Only the demo model is available. It works offline, knows a few phrases, and really calls the tools.
        Try one:
      </p>
      <ul class="plain-list home-tries">
        {tries.map((text) => (
          <li key={text}>
            <button type="button" class="button" onClick={() => choose(text)}>
              {text}
            </button>
          </li>
        ))}
      </ul>
      <p>
        For a real model, put its key into the environment of <code>npm start</code>, for example{" "}
        <code>OPENAI_API_KEY</code>, and start again. The README lists the providers.
      </p>
    </section>
  );
}
