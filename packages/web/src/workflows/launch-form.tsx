// Everything that a run of a workflow is given, and the buttons that check it, try it out and start it.
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { Button } from "../kit/button.tsx";
import { failureText, ProblemCard } from "../kit/problem-card.tsx";
import { CheckReport } from "./check-report.tsx";
import { LaunchArguments } from "./launch-arguments.tsx";
import { LaunchOptions } from "./launch-options.tsx";
import { type LaunchProps, useLaunch } from "./use-launch.ts";

export function LaunchForm(props: LaunchProps): JSX.Element {
  const launch = useLaunch(props);
  const { failure, check, doing } = launch;
  const form = useRef<HTMLFormElement>(null);
  const isStarting = doing.value === "starting";
  const press = async (isDry: boolean): Promise<void> => {
    await launch.run(isDry);
    // Once the errors are drawn, the first of them is where one goes on.
    setTimeout(() => form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
  };
  const isIdle = doing.value === "nothing";
  const canRun = isIdle && props.isBroken !== true;
  return (
    <form
      class="launch-form"
      ref={form}
      aria-label="Start a run"
      onSubmit={(event) => {
        event.preventDefault();
        void press(false);
      }}
    >
      <LaunchArguments state={launch} />
      <LaunchOptions state={launch} />
      <div class="launch-actions">
        <Button type="submit" kind="primary" icon="play" aria-disabled={!canRun}>
          {isStarting ? "Starting" : "Run"}
        </Button>
        <Button aria-disabled={!canRun} onClick={() => void press(true)}>
          Dry run
        </Button>
        <Button aria-disabled={!isIdle} onClick={() => void launch.checkIt()}>
          {doing.value === "checking" ? "Checking" : "Check"}
        </Button>
        <span class="muted launch-note">
          A dry run asks no model: its answers are made up, and nothing is spent.
        </span>
      </div>
      {failure.value === null ? null : (
        <ProblemCard title="That did not work">{failureText(failure.value)}</ProblemCard>
      )}
      {check.value === null ? null : <CheckReport check={check.value} />}
    </form>
  );
}
