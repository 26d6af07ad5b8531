// Says when the daemon cannot be heard, and when it is tried again.
import { useSignal, useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { announce } from "../kit/announce.tsx";
import { Button } from "../kit/button.tsx";
import { connection, daemon } from "../state/daemon.ts";

export function ConnectionBanner(): JSX.Element | null {
  const wasLost = useSignal(false);
  useSignalEffect(() => {
    const { kind } = connection.value;
    if (kind === "waiting" && !wasLost.peek()) {
      wasLost.value = true;
      announce("The connection to the daemon was lost. It is tried again.");
    }
    if (kind === "open" && wasLost.peek()) {
      wasLost.value = false;
      announce("Connected again.");
    }
  });
  const state = connection.value;
  if (state.kind === "waiting")
    return (
      <Banner>
        <span>
          The daemon does not answer. Next try in <Countdown untilMs={state.untilMs} />. Nothing that it has
          accepted is lost.
        </span>
        <Button onClick={() => daemon.retryNow()}>Try now</Button>
      </Banner>
    );
  if (state.kind === "connecting" && wasLost.value) return <Banner>Connecting to the daemon</Banner>;
  return null;
}

function Banner({ children }: { readonly children: JSX.Element | JSX.Element[] | string }): JSX.Element {
  return <div class="connection-banner">{children}</div>;
}

/** Seconds until a point in time, for eyes alone. */
export function Countdown({ untilMs }: { readonly untilMs: number }): JSX.Element {
  const nowMs = useSignal(Date.now());
  useEffect(() => {
    const timer = setInterval(() => {
      nowMs.value = Date.now();
    }, 250);
    return () => clearInterval(timer);
  }, [nowMs]);
  return <span class="countdown">{Math.max(0, Math.ceil((untilMs - nowMs.value) / 1_000))} s</span>;
}
