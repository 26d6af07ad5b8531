import { ProblemError } from "@lathe/wire";
import { expect, test } from "vitest";
import { connect } from "../client.ts";
import { delta, entry, fold, stepStart, upTo } from "../testing/collect.ts";
import { token } from "../testing/serve-socket.ts";
import { TestDaemon } from "../testing/test-daemon.ts";

const id = "cnv_1";
const backoff = { baseMs: 2, maxMs: 5 };

test("a view is kept up to date while anybody is subscribed, and goes on where it was when somebody is again", async () => {
  await using daemon = await TestDaemon.open();
  using client = connect({ url: daemon.url, token, backoff });
  const watch = client.watch(id);
  expect([watch.value.lastSeq, daemon.seen]).toEqual([0, []]);
  const stop = watch.subscribe(() => undefined);
  const stopOther = watch.subscribe(() => undefined);
  daemon.log.publish(entry(1), stepStart, delta("Hel"));
  await expect.poll(() => watch.value).toEqual(fold([entry(1), stepStart, delta("Hel")]));
  expect(daemon.seen).toHaveLength(1);
  stop();
  daemon.log.publish(delta("lo"));
  await expect.poll(() => watch.value).toEqual(fold([entry(1), stepStart, delta("Hello")]));
  stopOther();
  await expect.poll(() => daemon.log.followerCount).toBe(0);
  daemon.log.publish(entry(2));
  const stopAgain = watch.subscribe(() => undefined);
  await expect.poll(() => watch.value.lastSeq).toBe(2);
  expect(daemon.seen.map(({ headers }) => headers["last-event-id"])).toEqual([undefined, "1"]);
  stopAgain();
});

test("a replay of thousands of events is told a few times, and not thousands", async () => {
  await using daemon = await TestDaemon.open();
  using client = connect({ url: daemon.url, token, backoff });
  daemon.log.publish(...upTo(5_000).map(entry));
  const watch = client.watch(id);
  let toldCount = 0;
  const stop = watch.subscribe(() => {
    toldCount += 1;
  });
  await expect.poll(() => watch.value.lastSeq).toBe(5_000);
  await expect.poll(() => toldCount).toBeGreaterThan(0);
  expect(toldCount).toBeLessThan(1_000);
  stop();
});

test("why a conversation cannot be followed is there to be shown, until somebody tries again", async () => {
  await using daemon = await TestDaemon.open();
  using client = connect({ url: daemon.url, token, backoff });
  daemon.log.publish(entry(1));
  daemon.refusal = new ProblemError(403, "forbidden", "It is another's.").toProblem();
  const watch = client.watch(id);
  let toldCount = 0;
  const stop = watch.subscribe(() => {
    toldCount += 1;
  });
  await expect.poll(() => watch.failure).toMatchObject({ status: 403 });
  await expect.poll(() => toldCount).toBe(1);
  stop();
  daemon.refusal = undefined;
  const stopAgain = watch.subscribe(() => undefined);
  expect(watch.failure).toBeNull();
  await expect.poll(() => watch.value.lastSeq).toBe(1);
  stopAgain();
});
