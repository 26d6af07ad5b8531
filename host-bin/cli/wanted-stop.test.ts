import { type Client, ConnectionError, connect, LatheProblem } from "@lathe/client";
import { expect, test } from "vitest";
import { WantedStop } from "./wanted-stop.ts";

const lost = new ConnectionError("dropped", "Lost.");
const problem = { type: "", title: "", status: 503, detail: "It says no." };
const refused = new LatheProblem({ ...problem, code: "forbidden" });
const draining = new LatheProblem({ ...problem, code: "draining" });

/** Answers one after the other, and the last one for ever. */
function deskOf(...answers: readonly (boolean | Error)[]) {
  const asked: Client[] = [];
  const refusals: unknown[] = [];
  const ask = async (client: Client): Promise<boolean> => {
    const answer = answers[Math.min(asked.push(client), answers.length) - 1] as boolean | Error;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { asked, refusals, ask, refused: (failure: unknown) => void refusals.push(failure) };
}

const openClient = (): Client => connect({ url: "http://127.0.0.1:1" });

test("it is asked again until it is taken up, and then no more", async () => {
  const desk = deskOf(lost, draining, false, true);
  const stop = new WantedStop(desk);
  using client = openClient();
  stop.through(client);
  expect(desk.asked).toEqual([]);
  stop.want();
  stop.want();
  await expect.poll(() => desk.asked.length, { timeout: 20_000 }).toBe(4);
  using next = openClient();
  stop.through(next);
  expect([desk.asked.length, desk.refusals]).toEqual([4, []]);
});

test("what is still wanted is asked of the next one", async () => {
  const desk = deskOf(lost, true);
  const stop = new WantedStop(desk);
  using client = openClient();
  stop.through(client);
  stop.want();
  await expect.poll(() => desk.asked.length, { timeout: 20_000 }).toBe(1);
  stop.through(undefined);
  using next = openClient();
  stop.through(next);
  expect(desk.asked).toEqual([client, next]);
});

test("a refusal is told, and nothing is asked again", async () => {
  const desk = deskOf(refused);
  const stop = new WantedStop(desk);
  using client = openClient();
  stop.want();
  stop.through(client);
  await expect.poll(() => desk.refusals, { timeout: 20_000 }).toEqual([refused]);
  stop.through(client);
  expect(desk.asked.length).toBe(1);
});
