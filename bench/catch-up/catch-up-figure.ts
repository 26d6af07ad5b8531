// How fast a client is sent what it has missed, over a WebSocket and over server-sent events, against bare servers that
// send the same bytes.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BenchDaemon, helloFrame, startBenchDaemon, subscribeFrame } from "../daemon/bench-daemon.ts";
import { Actor } from "../harness/actor.ts";
import { spreadOf } from "../harness/statistics.ts";
import type { OpenFigure, Quantity, RatioFigure, Readings } from "../ratios/ratio-figure.ts";
import { openRecording } from "../sockets/record-texts.ts";
import type { Reading, ReadTimes, SocketReading } from "./reader.ts";

export interface CatchUpPlan {
  /** Entries of the conversation; a multiple of five. */
  readonly entryCount: number;
  /** How often each is read in a round, after one time that does not count. */
  readonly readCount: number;
}

const ways = ["WebSocket", "bare WebSocket", "event stream", "bare event stream"] as const;
type Way = (typeof ways)[number];

const speedOf = (way: Way): string => `${way}, events`;
const firstOf = (way: Way): string => `${way}, first byte`;

export function catchUpFigure(name: string, plan: CatchUpPlan): RatioFigure {
  const quantities = ways.flatMap((way): Quantity[] => [
    { name: speedOf(way), unit: "per second" },
    { name: firstOf(way), unit: "ms" },
  ]);
  const ratios = (["WebSocket", "event stream"] as const).flatMap((way) => [
    { name: `${way}: events, over bare`, over: speedOf(way), under: speedOf(`bare ${way}`) },
    { name: `${way}: first byte, over bare`, over: firstOf(way), under: firstOf(`bare ${way}`) },
  ]);
  return { name, quantities, ratios, open: ({ stateDir, pinning }) => openCatchUp(plan, stateDir, pinning) };
}

const readerProgram = fileURLToPath(new URL("reader.ts", import.meta.url));
const bareProgram = fileURLToPath(new URL("../sockets/bare-server.ts", import.meta.url));

async function openCatchUp(
  plan: CatchUpPlan,
  stateDir: string,
  pinning: { readonly subject: readonly string[]; readonly server: readonly string[] },
): Promise<OpenFigure> {
  const reader = new Actor(readerProgram, pinning.server);
  const bare = new Actor(bareProgram, pinning.subject);
  // No model is asked for anything.
  const daemon = await startBenchDaemon(stateDir, "http://127.0.0.1:9/v1", pinning.subject);
  const close = async (): Promise<void> => {
    await Promise.all([reader.close(), bare.close(), daemon.actor.close()]);
  };
  try {
    const conversationId = await daemon.actor.ask<string>("seed", plan.entryCount / 5);
    const readings = await prepareReadings(plan, { daemon, bare, conversationId, stateDir });
    return { measure: () => measureRound(plan, readings, reader, bare), close };
  } catch (failure) {
    await close();
    throw failure;
  }
}

interface Prepared {
  readonly task: "readSocket" | "readEvents";
  readonly reading: Reading | SocketReading;
  /** What the bare server must be given before. */
  readonly textFile: string | undefined;
}

interface Cast {
  readonly daemon: BenchDaemon;
  readonly bare: Actor;
  readonly conversationId: string;
  readonly stateDir: string;
}

async function prepareReadings(
  { entryCount }: CatchUpPlan,
  { daemon, bare, conversationId, stateDir }: Cast,
): Promise<Readonly<Record<Way, Prepared>>> {
  const mark = `"seq":${entryCount},`;
  const bareUrl = await bare.ask<string>("open");
  const said = subscribeFrame(conversationId);
  const events = {
    url: new URL(`/api/conversations/${conversationId}/stream`, daemon.url).href,
    headers: daemon.headers,
  };
  const texts = await recordTexts(daemon, said, mark);
  const textFile = join(stateDir, "texts.json");
  await writeFile(textFile, JSON.stringify(texts));
  const eventFile = join(stateDir, "events.json");
  await writeFile(eventFile, JSON.stringify(await recordEvents(events, mark)));
  const socket = { ...daemon.socket, mark, hello: helloFrame, greeting: '"type":"welcome"', said };
  const bareSocket = { url: bareUrl, headers: {}, mark, hello: null, greeting: "hello", said: "all" };
  return {
    WebSocket: { task: "readSocket", reading: socket, textFile: undefined },
    "bare WebSocket": { task: "readSocket", reading: bareSocket, textFile },
    "event stream": { task: "readEvents", reading: { ...events, mark }, textFile: undefined },
    "bare event stream": {
      task: "readEvents",
      reading: { url: bareUrl, headers: {}, mark },
      textFile: eventFile,
    },
  };
}

async function recordTexts(daemon: BenchDaemon, said: string, mark: string): Promise<readonly string[]> {
  const recording = await openRecording(daemon.socket, [helloFrame, said]);
  try {
    await recording.until('"type":"welcome"');
    return await recording.until(mark);
  } finally {
    recording.close();
  }
}

async function recordEvents(
  { url, headers }: { readonly url: string; readonly headers: Record<string, string> },
  mark: string,
): Promise<readonly string[]> {
  const leaving = new AbortController();
  const response = await fetch(url, {
    headers: { accept: "text/event-stream", ...headers },
    signal: leaving.signal,
  });
  let text = "";
  for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += piece;
    if (text.includes(mark) && text.endsWith("\n\n")) break;
  }
  leaving.abort();
  return text.split(/(?<=\n\n)/);
}

/** The four take turns, so that what else the machine does hits all of them. */
async function measureRound(
  { entryCount, readCount }: CatchUpPlan,
  prepared: Readonly<Record<Way, Prepared>>,
  reader: Actor,
  bare: Actor,
): Promise<Readings> {
  const times = new Map<Way, ReadTimes[]>(ways.map((way) => [way, []]));
  for (let read = 0; read <= readCount; read += 1) {
    for (const way of ways) {
      const { task, reading, textFile } = prepared[way];
      if (textFile !== undefined) await bare.ask("load", textFile);
      const took = await reader.ask<ReadTimes>(task, reading);
      if (read > 0) times.get(way)?.push(took);
    }
  }
  const readings: Record<string, number> = {};
  for (const [way, taken] of times) {
    const wholeMs = spreadOf(taken.map((time) => time.wholeMs))?.median ?? Number.NaN;
    readings[speedOf(way)] = entryCount / (wholeMs / 1_000);
    readings[firstOf(way)] = spreadOf(taken.map((time) => time.firstByteMs))?.median ?? Number.NaN;
  }
  return readings;
}
