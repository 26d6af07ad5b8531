// The tool calls of two turns: those that both made, and those that only one of them made.
import type { ToolCallView, TurnView } from "@lathe/wire";
import type { JSX } from "preact";
import { CallBody } from "../conversation/turn/call-body.tsx";
import { callState, tellingArgument } from "../conversation/turn/call-summary.ts";
import { duration } from "../kit/amounts.ts";
import { Badge } from "../kit/badge.tsx";
import { Fold } from "../kit/fold.tsx";
import { Foreign } from "../kit/foreign.tsx";
import { divide } from "./pair-up.ts";
import { Sides } from "./sides.tsx";
import { callName, callsOf } from "./turn-facts.ts";

export interface ComparedCallsProps {
  readonly one: TurnView | null;
  readonly other: TurnView | null;
}

export function ComparedCalls({ one, other }: ComparedCallsProps): JSX.Element {
  const [calls, otherCalls] = [one === null ? [] : callsOf(one), other === null ? [] : callsOf(other)];
  const { onlyOne, onlyOther } = divide(calls, otherCalls, callName);
  const isCompared = one !== null && other !== null;
  return (
    <Sides
      one={one && <Calls calls={calls} alone={isCompared ? onlyOne : []} remark="only in A" />}
      other={other && <Calls calls={otherCalls} alone={isCompared ? onlyOther : []} remark="only in B" />}
    />
  );
}

interface CallsProps {
  readonly calls: readonly ToolCallView[];
  /** Those of them that the other side has not made. */
  readonly alone: readonly ToolCallView[];
  readonly remark: string;
}

function Calls({ calls, alone, remark }: CallsProps): JSX.Element {
  if (calls.length === 0) return <span class="muted">no tool calls</span>;
  return (
    <ul class="plain-list compare-calls" aria-label="Tool calls">
      {calls.map((call, at) => (
        // Providers count their calls anew in every answer.
        <li key={`${at} ${call.callId}`}>
          <Fold summary={<CallLine call={call} remark={alone.includes(call) ? remark : null} />}>
            {() => <CallBody call={call} />}
          </Fold>
        </li>
      ))}
    </ul>
  );
}

function CallLine({
  call,
  remark,
}: {
  readonly call: ToolCallView;
  readonly remark: string | null;
}): JSX.Element {
  const { word, tone, isLive } = callState(call);
  return (
    <span class="compare-call">
      <Foreign class="mono compare-call-name" text={call.name} />
      <Foreign class="mono compare-call-argument" text={tellingArgument(call.input)} />
      {call.durationMs === null ? null : <span class="muted">{duration(call.durationMs)}</span>}
      {remark === null ? null : <Badge tone="info">{remark}</Badge>}
      <Badge tone={tone} live={isLive}>
        {word}
      </Badge>
    </span>
  );
}
