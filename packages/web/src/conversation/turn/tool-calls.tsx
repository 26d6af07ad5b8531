// The tool calls of a step: one line each, with its state, and what went in and came out folded below.
import type { ToolCallView } from "@lathe/wire";
import { useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { duration } from "../../kit/amounts.ts";
import { Badge } from "../../kit/badge.tsx";
import { VisibleText } from "../../kit/code/visible-text.tsx";
import { Fold } from "../../kit/fold.tsx";
import { memo } from "../memo.tsx";
import { CallBody } from "./call-body.tsx";
import { callState, tellingArgument } from "./call-summary.ts";
import { Elapsed } from "./clock.tsx";
import { callsOpened, isCallOpen, noteFold } from "./open-folds.ts";

export interface ToolCallsProps {
  readonly stepId: string;
  readonly calls: readonly ToolCallView[];
}

export function ToolCalls({ stepId, calls }: ToolCallsProps): JSX.Element {
  return (
    <ul class="plain-list call-list" aria-label="Tool calls">
      {calls.map((call) => (
        <ToolCall key={call.callId} stepId={stepId} call={call} />
      ))}
    </ul>
  );
}

interface ToolCallProps {
  readonly stepId: string;
  readonly call: ToolCallView;
}

const ToolCall: ReturnType<typeof memo<ToolCallProps>> = memo(
  ({ stepId, call }: ToolCallProps): JSX.Element => {
    const item = useRef<HTMLLIElement>(null);
    // Providers count their calls anew in every answer.
    const name = `call ${stepId} ${call.callId}`;
    useSignalEffect(() => {
      if (callsOpened.value === null) return;
      const details = item.current?.querySelector("details");
      if (details != null) details.open = isCallOpen(name);
    });
    return (
      <li ref={item} class="call" data-status={call.status}>
        <Fold
          class="call-fold"
          open={isCallOpen(name)}
          onToggle={(isOpen) => noteFold(name, isOpen)}
          summary={<CallLine call={call} />}
        >
          {() => <CallBody call={call} />}
        </Fold>
      </li>
    );
  },
);

function CallLine({ call }: Pick<ToolCallProps, "call">): JSX.Element {
  const { word, tone, isLive } = callState(call);
  return (
    <span class="call-line">
      <span class="call-name mono foreign">
        <VisibleText text={call.name} />
      </span>
      <span class="call-argument mono foreign" dir="auto">
        <VisibleText text={tellingArgument(call.input)} />
      </span>
      <span class="call-time">
        {call.status === "running" && call.startedAtMs !== null ? (
          <Elapsed sinceMs={call.startedAtMs} />
        ) : null}
        {call.durationMs === null ? null : duration(call.durationMs)}
      </span>
      <Badge tone={tone} live={isLive}>
        {word}
      </Badge>
    </span>
  );
}
