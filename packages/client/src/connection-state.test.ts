import { expect, test } from "vitest";
import { type ConnectionState, ConnectionStates } from "./connection-state.ts";

test("of several connections the one that is furthest from well counts, and of several waits the shortest", () => {
  const states = new ConnectionStates();
  const told: ConnectionState[] = [];
  states.subscribe(() => told.push(states.value));
  const one = states.enter();
  const other = states.enter();
  one.set({ kind: "connecting" });
  one.set({ kind: "open" });
  other.set({ kind: "open" });
  other.set({ kind: "waiting", untilMs: 9 });
  one.set({ kind: "waiting", untilMs: 5 });
  one.leave();
  other.set({ kind: "connecting" });
  other.leave();
  states.close();
  expect(told).toEqual([
    { kind: "connecting" },
    { kind: "open" },
    { kind: "waiting", untilMs: 9 },
    { kind: "waiting", untilMs: 5 },
    { kind: "waiting", untilMs: 9 },
    { kind: "connecting" },
    { kind: "idle" },
    { kind: "closed" },
  ]);
});

test("a listener is told until it stops, and each time that it was added", () => {
  const states = new ConnectionStates();
  let toldCount = 0;
  const listener = (): void => {
    toldCount += 1;
  };
  const [stop, stopAgain] = [states.subscribe(listener), states.subscribe(listener)];
  const seat = states.enter();
  seat.set({ kind: "connecting" });
  expect(toldCount).toBe(2);
  stop();
  stop();
  seat.set({ kind: "open" });
  stopAgain();
  seat.leave();
  expect(toldCount).toBe(3);
});
