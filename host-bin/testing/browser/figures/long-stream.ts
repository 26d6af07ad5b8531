// One answer of very many deltas, while it comes in: how many frames the page draws.
import { chatEnd, chatText } from "../../chat-answers.ts";
import { turnOver, turnsOf } from "../conversation-page.ts";
import type { Web } from "../use-web.ts";
import type { Row } from "./tables.ts";

interface Frames {
  count: number;
  longestMs: number;
  /** Frames that came more than twice as late as they should. */
  lateCount: number;
  readonly beganAtMs: number;
  isOver: boolean;
}
type Counting = typeof globalThis & { drawnFrames?: Frames };

export async function measureStream(web: Web, deltaCount: number): Promise<readonly Row[]> {
  const conversation = await web.begin();
  const page = await web.signIn(`/c/${conversation.id}`);
  await page.getByText("No messages yet").waitFor();
  web.model.next({ pieces: paced(deltaCount) });
  // Asked from here, so that what the page is told can be counted without a word to the page.
  const turn = conversation.send("Speak.");
  await turnsOf(page).locator(".turn-answer").waitFor();
  await page.evaluate(countFrames);
  await turn.ended;
  const frames = await page.evaluate(() => {
    const counted = (globalThis as Counting).drawnFrames;
    if (counted !== undefined) counted.isOver = true;
    return { ...counted, tookMs: performance.now() - (counted?.beganAtMs ?? 0) };
  });
  await turnOver(page);
  await web.endTest();
  const { count = 0, longestMs = 0, lateCount = 0, tookMs } = frames;
  return [
    {
      what: "deltas that the page was told",
      value: turn.events.filter(({ type }) => type === "text-delta").length,
    },
    { what: "seconds that it took", value: tookMs / 1_000 },
    { what: "frames per second, on average", value: count / (tookMs / 1_000) },
    { what: "longest frame, in milliseconds", value: longestMs },
    { what: "frames longer than 34 ms", value: lateCount },
  ];
}

function countFrames(): void {
  const beganAtMs = performance.now();
  const frames: Frames = { count: 0, longestMs: 0, lateCount: 0, beganAtMs, isOver: false };
  (globalThis as Counting).drawnFrames = frames;
  let lastMs = beganAtMs;
  const note = (): void => {
    const nowMs = performance.now();
    frames.count += 1;
    frames.longestMs = Math.max(frames.longestMs, nowMs - lastMs);
    if (nowMs - lastMs > 34) frames.lateCount += 1;
    lastMs = nowMs;
    if (!frames.isOver) requestAnimationFrame(note);
  };
  requestAnimationFrame(note);
}

/** Words with paragraphs, lists and code among them, each at a time of its own: what comes at once is told at once. */
function paced(count: number): readonly (string | (() => Promise<void>))[] {
  const pieces = Array.from({ length: count }, (_, at) => [nextMoment, chatText(wordAt(at))]);
  return [...pieces.flat(), chatEnd()];
}

/** A millisecond later, or two. */
function nextMoment(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}

function wordAt(at: number): string {
  if (at % 2_000 === 1_000) return "\n\n```ts\n";
  if (at % 2_000 === 1_200) return "\n```\n\n";
  if (at % 100 === 99) return "\n\n";
  if (at % 100 === 50) return "\n- ";
  return at % 17 === 0 ? `**word${at}** ` : `word${at} `;
}
