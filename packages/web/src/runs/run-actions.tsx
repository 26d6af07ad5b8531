// What can be done to a run: stop it, go on from it, delete it.
import type { Run } from "@lathe/kernel";
import { runsDelete, runsStop } from "@lathe/wire/operations";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Dialog } from "../app/dialog.tsx";
import { announce } from "../kit/announce.tsx";
import { Button } from "../kit/button.tsx";
import { attempt, toast } from "../kit/toasts.tsx";
import { ask } from "../state/daemon.ts";
import { isGoingOn } from "../state/run-feed.ts";

/** Nothing where the run is over. It says `Stopping` until the run has stopped, whoever asked for that. */
export function StopRun({ run, name }: { readonly run: Run; readonly name: string }): JSX.Element | null {
  const isAsked = useSignal(false);
  if (!isGoingOn(run)) return null;
  const isStopping = isAsked.value || run.status === "stopping";
  const stop = async (): Promise<void> => {
    if (isStopping) return;
    isAsked.value = true;
    if (await attempt("Not stopped", () => ask(runsStop, { id: run.id }))) announce("Stopping the run");
    else isAsked.value = false;
  };
  return (
    <Button
      icon="stop"
      aria-disabled={isStopping}
      aria-label={`${isStopping ? "Stopping" : "Stop"} ${name}`}
      onClick={() => void stop()}
    >
      {isStopping ? "Stopping" : "Stop"}
    </Button>
  );
}

export interface DeleteRunProps {
  readonly run: Run;
  readonly name: string;
  readonly onDeleted?: () => void;
}

/** Nothing while the run goes on. Asks before it deletes. */
export function DeleteRun({ run, name, onDeleted }: DeleteRunProps): JSX.Element | null {
  const isAsking = useSignal(false);
  if (isGoingOn(run)) return null;
  const close = (): void => {
    isAsking.value = false;
  };
  const remove = async (): Promise<void> => {
    close();
    if (!(await attempt("Not deleted", () => ask(runsDelete, { id: run.id })))) return;
    toast("The run was deleted.");
    onDeleted?.();
  };
  return (
    <>
      <Button
        kind="quiet"
        aria-label={`Delete ${name}`}
        onClick={() => {
          isAsking.value = true;
        }}
      >
        Delete
      </Button>
      {isAsking.value ? (
        <Dialog label="Delete the run" onClose={close}>
          <h2>Delete this run?</h2>
          <p>
            The run, the runs that it started and the conversations that it began for them are removed. A
            conversation that it was sent to stays. This cannot be undone.
          </p>
          <div class="run-dialog-actions">
            <Button kind="danger" onClick={() => void remove()}>
              Delete
            </Button>
            <Button onClick={close}>Keep it</Button>
          </div>
        </Dialog>
      ) : null}
    </>
  );
}
