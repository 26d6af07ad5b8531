// The stop that a person has asked for. A daemon that goes on with what is followed may not have heard of it: it is asked
// again where the connection was lost, and of the next daemon.
import { type Client, ConnectionError, LatheProblem } from "@lathe/client";
import { timers } from "../powers/timers.ts";

const pauseMs = 200;

export interface StopDesk {
  /** Asks for the stop; false = nothing was there to be stopped, or not yet. */
  readonly ask: (client: Client) => Promise<boolean>;
  /** Hears why it was refused. */
  readonly refused: (failure: unknown) => void;
}

export class WantedStop {
  readonly #desk: StopDesk;
  #client: Client | undefined;
  #isOwed = false;

  constructor(desk: StopDesk) {
    this.#desk = desk;
  }

  /** From now on this client is asked, or nobody. */
  through(client: Client | undefined): void {
    this.#client = client;
    if (client !== undefined && this.#isOwed) void this.#askOf(client);
  }

  /** Asks until the stop is taken up or refused, or nobody is asked any more. */
  want(): void {
    if (this.#isOwed) return;
    this.#isOwed = true;
    this.through(this.#client);
  }

  async #askOf(client: Client): Promise<void> {
    while (this.#isOwed && this.#client === client) {
      try {
        this.#isOwed = !(await this.#desk.ask(client));
      } catch (failure) {
        if (!canBeAsked(failure)) {
          this.#isOwed = false;
          this.#desk.refused(failure);
        }
      }
      if (this.#isOwed) await timers.sleep(pauseMs);
    }
  }
}

/** Again, of this daemon or of the next one. */
function canBeAsked(failure: unknown): boolean {
  return (
    failure instanceof ConnectionError || (failure instanceof LatheProblem && failure.code === "draining")
  );
}
