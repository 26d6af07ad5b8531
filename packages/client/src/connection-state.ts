// How the client stands with the daemon, for a page to show. One value for all connections of the client.
import { Listeners } from "./listeners.ts";

export type ConnectionState =
  /** Nothing is followed, so that no connection is needed. */
  | { readonly kind: "idle" }
  | { readonly kind: "connecting" }
  | { readonly kind: "open" }
  /** The connection was lost, and is tried again at this time (milliseconds since 1970). */
  | { readonly kind: "waiting"; readonly untilMs: number }
  /** The client was closed. */
  | { readonly kind: "closed" };

/** A value that changes. Listeners are called after it has. */
export interface Observable<Value> {
  readonly value: Value;
  /** Returns how to stop. */
  subscribe(listener: () => void): () => void;
}

export const idle: ConnectionState = { kind: "idle" };

/** The state of one connection among others; gone when it has left. */
export interface StateSeat {
  set(state: ConnectionState): void;
  leave(): void;
}

export class ConnectionStates implements Observable<ConnectionState> {
  readonly #seats = new Map<object, ConnectionState>();
  readonly #listeners = new Listeners();
  #isClosed = false;
  value: ConnectionState = idle;

  subscribe(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  enter(): StateSeat {
    const seat = {};
    return {
      set: (state) => {
        this.#seats.set(seat, state);
        this.#settle();
      },
      leave: () => {
        this.#seats.delete(seat);
        this.#settle();
      },
    };
  }

  close(): void {
    this.#isClosed = true;
    this.#settle();
  }

  #settle(): void {
    const next = this.#isClosed ? ({ kind: "closed" } as const) : worstOf([...this.#seats.values()]);
    if (isSame(this.value, next)) return;
    this.value = next;
    this.#listeners.tell();
  }
}

/** What is not yet well counts more than what is; of several waits the one that ends first. */
function worstOf(states: readonly ConnectionState[]): ConnectionState {
  let worst = idle;
  for (const state of states) {
    const isSooner = state.kind === "waiting" && worst.kind === "waiting" && state.untilMs < worst.untilMs;
    if (isSooner || rank[state.kind] > rank[worst.kind]) worst = state;
  }
  return worst;
}

const rank: Readonly<Record<ConnectionState["kind"], number>> = {
  idle: 0,
  open: 1,
  connecting: 2,
  waiting: 3,
  closed: 4,
};

function isSame(one: ConnectionState, other: ConnectionState): boolean {
  if (one.kind === "waiting" && other.kind === "waiting") return one.untilMs === other.untilMs;
  return one.kind === other.kind;
}
