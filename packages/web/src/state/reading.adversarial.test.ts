import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startReading } from "./reading.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Readings that end when the test says so. */
function heldReadings() {
  const ends: ((againMs: number | null) => void)[] = [];
  const signals: AbortSignal[] = [];
  const read = (signal: AbortSignal): Promise<number | null> => {
    signals.push(signal);
    return new Promise((settle) => ends.push(settle));
  };
  const end = async (againMs: number | null): Promise<void> => {
    ends.shift()?.(againMs);
    await vi.advanceTimersByTimeAsync(0);
  };
  return { read, end, signals };
}

test("asked for again and again during a reading, it reads once more after it", async () => {
  const { read, end, signals } = heldReadings();
  const reading = startReading(read);
  reading.now();
  reading.now();
  expect(signals).toHaveLength(1);
  await end(null);
  expect(signals).toHaveLength(2);
  await end(null);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(signals).toHaveLength(2);
});

test("it reads again when the last reading said so, and sooner when somebody asks", async () => {
  const { read, end, signals } = heldReadings();
  const reading = startReading(read);
  await end(2_000);
  await vi.advanceTimersByTimeAsync(1_999);
  expect(signals).toHaveLength(1);
  reading.now();
  expect(signals).toHaveLength(2);
  await end(2_000);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(signals).toHaveLength(3);
});

test("stopped in the middle of a reading, it tells it to leave and begins no other", async () => {
  const { read, end, signals } = heldReadings();
  const reading = startReading(read);
  reading.now();
  reading.stop();
  expect(signals[0]?.aborted).toBe(true);
  await end(10);
  reading.now();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(signals).toHaveLength(1);
});
