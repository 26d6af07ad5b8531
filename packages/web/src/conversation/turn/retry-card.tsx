// What goes on while a model cannot be had: the wait before the next attempt, and another model in its place.
import type { ProviderFailure } from "@lathe/kernel";
import type { StepView } from "@lathe/wire";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { Countdown } from "../../app/connection-banner.tsx";
import { VisibleText } from "../../kit/code/visible-text.tsx";
import { Icon } from "../../kit/icon.tsx";

const reasonWords: Readonly<Record<ProviderFailure["kind"], string>> = {
  auth: "the key was not accepted",
  "bad-request": "the request was refused",
  "model-not-found": "there is no such model",
  "context-length": "the conversation is too long",
  "rate-limit": "too many requests",
  quota: "the account is used up",
  overloaded: "the provider is overloaded",
  server: "the provider failed",
  network: "the network failed",
  "idle-timeout": "nothing came for too long",
  truncated: "the answer ended too early",
  malformed: "the answer could not be understood",
  "tool-use-failed": "the model could not call its tools",
};

export function RetryCard({ retry }: { readonly retry: NonNullable<StepView["retry"]> }): JSX.Element {
  // The event does not say when it happened: its clock begins when it has come.
  const untilMs = useMemo(() => Date.now() + retry.delayMs, [retry]);
  return (
    <div class="turn-retry">
      <Icon name="clock" />
      <div>
        <p>
          Attempt {retry.attempt} failed: {reasonWords[retry.reason]}. Trying again in{" "}
          <Countdown untilMs={untilMs} />
        </p>
        <p class="turn-retry-message foreign" dir="auto">
          <VisibleText text={retry.message} />
        </p>
      </div>
    </div>
  );
}

export function FallbackNote({
  fallback,
}: {
  readonly fallback: NonNullable<StepView["fallback"]>;
}): JSX.Element {
  return (
    <p class="turn-note">
      <Model name={fallback.fromModel} /> could not answer ({reasonWords[fallback.reason]}
      ), so <Model name={fallback.toModel} /> does.
    </p>
  );
}

function Model({ name }: { readonly name: string }): JSX.Element {
  return (
    <span class="mono foreign">
      <VisibleText text={name} />
    </span>
  );
}
