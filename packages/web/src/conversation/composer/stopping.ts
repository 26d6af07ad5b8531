// The wish to stop, from the press until the turn has sealed.
import type { TurnView } from "@lathe/wire";
import { conversationsStop, runsStop } from "@lathe/wire/operations";
import { type ReadonlySignal, useComputed, useSignal } from "@preact/signals";
import { announce } from "../../kit/announce.tsx";
import { toastFailure } from "../../kit/toasts.tsx";
import { ask } from "../../state/daemon.ts";
import { runNow } from "../../state/run-feed.ts";

export interface Stopping {
  /** Null while no turn is in progress. */
  readonly state: ReadonlySignal<"running" | "stopping" | null>;
  readonly stop: () => void;
}

export function useStopping(id: string, current: ReadonlySignal<TurnView | null>): Stopping {
  const askedFor = useSignal<string | null>(null);
  const state = useComputed(() => {
    const turn = current.value;
    if (turn === null) return null;
    // Somebody may have asked for it elsewhere.
    const isStopping = askedFor.value === turn.turnId || runNow(turn.runId)?.status === "stopping";
    return isStopping ? "stopping" : "running";
  });
  const stop = async (): Promise<void> => {
    const turn = current.peek();
    if (turn === null || state.peek() !== "running") return;
    askedFor.value = turn.turnId;
    announce("Stopping");
    try {
      if (turn.runId === null) await ask(conversationsStop, { id });
      else await ask(runsStop, { id: turn.runId });
    } catch (failure) {
      if (askedFor.peek() === turn.turnId) askedFor.value = null;
      toastFailure("The turn could not be asked to stop", failure);
    }
  };
  return { state, stop: () => void stop() };
}
