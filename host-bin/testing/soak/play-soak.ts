// Turns all the time, subscribers that come and go, some that never read, conversations that are deleted; and every now and
// then a look at what the daemon uses.
import { join } from "node:path";
import { chatAnswer, chatCallAnswer, chatText } from "../chat-answers.ts";
import { LoadStage, until } from "../load/load-stage.ts";
import { descriptorCountOf, measure, rssOf, sizeOf } from "../measured/measure.ts";
import type { ModelAnswer } from "../misbehaving-model-server.ts";
import type { Sample } from "./judge-soak.ts";
import { SoakClients } from "./soak-clients.ts";

export interface SoakOptions {
  /** It is over when either is reached. */
  readonly durationMs?: number;
  readonly turnCountMax?: number;
  /** Where absent, as fast as they end. */
  readonly turnsPerSecondMax?: number;
  /** A sample is taken when either has passed since the last one. */
  readonly sampleEveryMs?: number;
  readonly sampleEveryTurns?: number;
  /** One closure is kept for each of these, so that a judge can be tested. */
  readonly leak?: "turn" | "connection";
  readonly onSample?: (sample: Sample) => void;
}

const workerCount = 4;
/** Small, so that what is old is removed again and again while it goes on. */
const retention = { keepBytesMax: 67_108_864, generationBytesMax: 8_388_608, pruneIntervalMs: 5_000 };

/** Samples in the order of time. */
export async function playSoak(options: SoakOptions): Promise<readonly Sample[]> {
  const argv = options.leak === undefined ? [] : ["--leak", options.leak];
  const bound = { unsentBytesMax: 262_144 };
  await using stage = await LoadStage.open({
    argv,
    extensions: { "trace-store": retention },
    http: { ...bound, closeGraceMs: 100 },
    ws: { ...bound, closeGraceMs: 100 },
  });
  const answers = endlessAnswers();
  stage.stage.server.otherwise = () => answers.next().value;
  const {
    durationMs = never,
    turnCountMax = never,
    sampleEveryMs = never,
    sampleEveryTurns = never,
    turnsPerSecondMax = never,
  } = options;
  const over = new AbortController();
  const clients = new SoakClients(stage, over.signal, 1_000 / turnsPerSecondMax);
  const work = Promise.all([
    ...Array.from({ length: workerCount }, () => clients.liveOnAndOn()),
    clients.neverReadOnAndOn(),
  ]);
  // Awaited at the end; a failure in the middle ends the samples.
  work.catch(() => over.abort());
  const samples: Sample[] = [];
  const startedAtMs = performance.now();
  const passedMs = (): number => performance.now() - startedAtMs;
  while (!over.signal.aborted) {
    const { turnCount } = clients;
    const atMs = passedMs();
    const isDue = (): boolean =>
      passedMs() >= atMs + sampleEveryMs || clients.turnCount >= turnCount + sampleEveryTurns;
    await until(() => over.signal.aborted || isDue(), "the next sample", never);
    if (over.signal.aborted) break;
    await clients.atRest(async () => {
      // What was asked is of no use any more, and this process has a memory as well.
      stage.stage.server.requests.length = 0;
      samples.push(await takeSample(stage, clients, passedMs()));
    });
    options.onSample?.(samples.at(-1) as Sample);
    if (passedMs() >= durationMs || clients.turnCount >= turnCountMax) over.abort();
  }
  await work;
  return samples;
}

const never = Number.POSITIVE_INFINITY;

async function takeSample(stage: LoadStage, clients: SoakClients, atMs: number): Promise<Sample> {
  const { daemon } = stage;
  const { heapBytes, functionCount } = await measure(daemon);
  const rssBytes = await rssOf(daemon);
  return {
    atMs,
    rssBytes,
    heapBytes,
    functionCount,
    descriptorCount: await descriptorCountOf(daemon),
    storeBytes: await sizeOf(join(stage.stage.home.stateFolder)),
    turnCount: clients.turnCount,
    subscriberCount: clients.subscriberCount,
    deletedCount: clients.deletedCount,
  };
}

/** Short and long ones, with calls and without. */
function* endlessAnswers(): Generator<ModelAnswer, never> {
  for (let number = 0; ; number += 1) {
    const call = { id: "call_1", name: "list_files", argumentsText: '{"path":"."}' };
    if (number % 3 === 1) yield { pieces: [chatText("I look. "), ...chatCallAnswer(call)] };
    else
      yield { pieces: chatAnswer("Here it is: ", "word ".repeat((number % 7) * 100), `that was ${number}.`) };
  }
}
