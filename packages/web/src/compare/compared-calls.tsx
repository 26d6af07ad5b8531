// The tool calls of two turns: those that both made, and those that only one of them made.
import type { ToolCallView, TurnView } from "@lathe/wire";
import type { JSX } from "preact";
import { CallBody } from "../conversation/turn/call-body.tsx";
import { callState, tellingArgument } from "../conversation/turn/call-summary.ts";
import { duration } from "../kit/amounts.ts";
import { Badge } from "../kit/badge.tsx";
import { Fold } from "../kit/fold.tsx";
import { Foreign } from "../kit/foreign.tsx";
import { callName, callsOf } from "./likeness.ts";
import { divide } from "./pair-up.ts";
import { Sides } from "./sides.tsx";

export interface ComparedCallsProps {
  readonly one: TurnView | null;
  readonly other: TurnView | null;
}

export function ComparedCalls({ one, other }: ComparedCallsProps): JSX.Element {
  const [calls, otherCalls] = [one === null ? [] : callsOf(one), other === null ? [] : callsOf(other)];
  // Where there is one side only, all of it is: that is said once.
  const remarks = one === null || other === null ? new Map() : remarksOn(calls, otherCalls);
  return (
    <Sides
      one={one && <Calls calls={calls} remarks={remarks} />}
      other={other && <Calls calls={otherCalls} remarks={remarks} />}
    />
  );
}

/** What is to be said of those that are not the same on both sides. */
function remarksOn(
  calls: readonly ToolCallView[],
  otherCalls: readonly ToolCallView[],
): ReadonlyMap<ToolCallView, string> {
  const { both, onlyOne, onlyOther } = divide(calls, otherCalls, callName);
  const remarks = new Map<ToolCallView, string>();
  for (const call of onlyOne) remarks.set(call, "only in A");
  for (const call of onlyOther) remarks.set(call, "only in B");
  for (const { one, other } of both) {
    if (one.output === null || other.output === null || one.output === other.output) continue;
    remarks.set(one, "other output than in B");
    remarks.set(other, "other output than in A");
  }
  return remarks;
}

interface CallsProps {
  readonly calls: readonly ToolCallView[];
  readonly remarks: ReadonlyMap<ToolCallView, string>;
}

function Calls({ calls, remarks }: CallsProps): JSX.Element {
  if (calls.length === 0) return <span class="muted">no tool calls</span>;
  return (
    <ul class="plain-list compare-calls" aria-label="Tool calls">
      {calls.map((call, at) => (
        // Providers count their calls anew in every answer.
        <li key={`${at} ${call.callId}`}>
          <Fold summary={<CallLine call={call} remark={remarks.get(call) ?? null} />}>
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
