// What a run waits for: questions that somebody has to answer. The first answer counts.
import { LatheProblem } from "@lathe/client";
import type { JsonValue } from "@lathe/kernel";
import type { WorkflowApproval } from "@lathe/wire";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { Badge } from "../kit/badge.tsx";
import { Button } from "../kit/button.tsx";
import { ScrollPlace } from "../kit/code/scroll-place.tsx";
import { VisibleText } from "../kit/code/visible-text.tsx";
import { Foreign } from "../kit/foreign.tsx";
import { failureText } from "../kit/problem-card.tsx";
import { type AnswerForm, answerFormOf, readAnswer, shownAnswer, textOfUsual } from "./answer-text.ts";
import { TimeLeft } from "./ticking.tsx";
import "./run-questions.css";

export type GiveAnswer = (approvalId: string, answer: JsonValue) => Promise<unknown>;

export interface RunQuestionsProps {
  readonly approvals: readonly WorkflowApproval[];
  readonly give: GiveAnswer;
}

/** What was said here about a question that is not asked any more. */
interface Said {
  readonly approvalId: string;
  readonly question: string;
  readonly text: string;
}

export function RunQuestions({ approvals, give }: RunQuestionsProps): JSX.Element | null {
  const said = useSignal<readonly Said[]>([]);
  if (approvals.length === 0 && said.value.length === 0) return null;
  const settle = (approval: WorkflowApproval, text: string): void => {
    const { approvalId, question } = approval;
    said.value = [
      ...said.value.filter((one) => one.approvalId !== approvalId),
      { approvalId, question, text },
    ];
  };
  const isSaid = ({ approvalId }: WorkflowApproval): boolean =>
    said.value.some((one) => one.approvalId === approvalId);
  return (
    <section class="run-questions" aria-label="Questions">
      <h2>
        Questions{" "}
        {approvals.length === 0 ? null : (
          <Badge tone="warning" live>
            Waiting for you
          </Badge>
        )}
      </h2>
      {said.value.map((one) => (
        <SaidLine key={one.approvalId} said={one} />
      ))}
      {approvals
        .filter((approval) => !isSaid(approval))
        .map((approval) => (
          <Question key={approval.approvalId} approval={approval} give={give} settle={settle} />
        ))}
    </section>
  );
}

/** Takes the focus of the card that it stands for. */
function SaidLine({ said: { question, text } }: { readonly said: Said }): JSX.Element {
  const line = useRef<HTMLParagraphElement>(null);
  useEffect(() => line.current?.focus(), []);
  return (
    <p class="run-said" tabIndex={-1} ref={line}>
      <Foreign text={question.split("\n", 1)[0] ?? ""} class="run-said-question" />
      <Foreign text={text} />
    </p>
  );
}

interface QuestionProps {
  readonly approval: WorkflowApproval;
  readonly give: GiveAnswer;
  readonly settle: (approval: WorkflowApproval, text: string) => void;
}

function Question({ approval, give, settle }: QuestionProps): JSX.Element {
  const { approvalId, question, default: usual, expiresAtMs } = approval;
  const isSending = useSignal(false);
  const wrong = useSignal("");
  const id = useId();
  const form = answerFormOf(usual);
  const send = async (answer: JsonValue): Promise<void> => {
    if (isSending.value) return;
    isSending.value = true;
    wrong.value = "";
    try {
      await give(approvalId, answer);
      settle(approval, `You answered: ${shownAnswer(answer)}`);
    } catch (failure) {
      const outdone = outdoneText(failure);
      if (outdone === null) wrong.value = failureText(failure);
      else settle(approval, outdone);
    }
    isSending.value = false;
  };
  return (
    <article class="run-question" aria-labelledby={`${id}-question`}>
      <ScrollPlace name="run-question-place" label="Question">
        <p id={`${id}-question`} class="foreign run-question-text" dir="auto">
          <VisibleText text={question} />
        </p>
      </ScrollPlace>
      <p class="muted run-question-usual">
        {usual === undefined ? "If nobody answers, it fails" : "If nobody answers, it is "}
        {usual === undefined ? null : <Foreign text={shownAnswer(usual)} class="mono" />}
        {", in "}
        <TimeLeft untilMs={expiresAtMs} />.
      </p>
      {form === "yes-no" || form === "open" ? (
        <div class="run-question-actions">
          <Button kind="primary" aria-disabled={isSending.value} onClick={() => void send(true)}>
            Yes
          </Button>
          <Button aria-disabled={isSending.value} onClick={() => void send(false)}>
            No
          </Button>
        </div>
      ) : null}
      {form === "yes-no" ? null : (
        <AnswerField id={id} form={form} usual={usual} isSending={isSending.value} send={send} />
      )}
      {wrong.value === "" ? null : (
        <p class="field-error" role="alert">
          <VisibleText text={wrong.value} />
        </p>
      )}
    </article>
  );
}

const hints: Readonly<Record<AnswerForm, string>> = {
  "yes-no": "",
  text: "Any text.",
  json: 'A JSON value, such as 3, [1, 2] or { "key": "value" }.',
  open: "Yes or no above, or here any text or a JSON value.",
};

interface AnswerFieldProps {
  readonly id: string;
  readonly form: AnswerForm;
  readonly usual: JsonValue | undefined;
  readonly isSending: boolean;
  readonly send: (answer: JsonValue) => Promise<void>;
}

function AnswerField({ id, form, usual, isSending, send }: AnswerFieldProps): JSX.Element {
  const text = useSignal(textOfUsual(usual));
  const wrong = useSignal("");
  return (
    <form
      class="run-answer"
      onSubmit={(event) => {
        event.preventDefault();
        const read = readAnswer(text.value, form);
        wrong.value = read.kind === "wrong" ? read.message : "";
        if (read.kind === "answer") void send(read.answer);
      }}
    >
      <label class="field" for={`${id}-answer`}>
        <span>Answer</span>
      </label>
      <textarea
        id={`${id}-answer`}
        class={`textarea ${form === "json" ? "mono" : ""}`}
        rows={form === "json" ? 4 : 2}
        dir="auto"
        value={text.value}
        aria-invalid={wrong.value !== ""}
        aria-describedby={`${id}-hint`}
        onInput={(event) => {
          text.value = event.currentTarget.value;
          wrong.value = "";
        }}
      />
      <p id={`${id}-hint`} class={wrong.value === "" ? "field-hint" : "field-hint field-error"}>
        {wrong.value === "" ? hints[form] : wrong.value}
      </p>
      <Button type="submit" kind={form === "open" ? "plain" : "primary"} aria-disabled={isSending}>
        {isSending ? "Sending" : "Answer"}
      </Button>
    </form>
  );
}

/** What is said where the answer was not taken because the question is no more; null where it may be tried again. */
function outdoneText(failure: unknown): string | null {
  if (!(failure instanceof LatheProblem)) return null;
  if (failure.code === "approval-answered") return "Somebody else answered first. Your answer was not taken.";
  if (failure.code === "answer-not-recorded" || failure.code === "unknown-approval")
    return `Your answer was not taken. ${failure.message}`;
  return null;
}
