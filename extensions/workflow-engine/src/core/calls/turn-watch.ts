// Waits until one turn is over, and listens meanwhile for what its provider says.
import type { ProviderRetry, Turns } from "@lathe/kernel";

export type TurnEnd = "sealed" | "lost";

/**
 * Settles with `sealed` when the turn is over, and with `lost` where its conversation is gone or can no longer be read.
 * With undefined where the signal aborts first.
 */
export function watchTurn(
  turns: Pick<Turns, "subscribe">,
  place: { readonly conversationId: string; readonly turnId: string; readonly sinceSeq: number },
  onRetry: (retry: ProviderRetry) => void,
  signal: AbortSignal,
): Promise<TurnEnd | undefined> {
  const ended = Promise.withResolvers<TurnEnd | undefined>();
  if (signal.aborted) return Promise.resolve(undefined);
  let stop: (() => void) | undefined;
  const end = (how: TurnEnd | undefined): void => {
    signal.removeEventListener("abort", onAbort);
    // The first calls may come before `subscribe` has returned.
    queueMicrotask(() => stop?.());
    ended.resolve(how);
  };
  const onAbort = (): void => end(undefined);
  signal.addEventListener("abort", onAbort, { once: true });
  stop = turns.subscribe(place.conversationId, place.sinceSeq, {
    onEvent: (event) => {
      if (!("turnId" in event) || event.turnId !== place.turnId) return;
      if (event.type === "provider-retry") onRetry(event);
      if (event.type === "turn-sealed") end("sealed");
    },
    onEnd: () => end("lost"),
  });
  return ended.promise;
}
