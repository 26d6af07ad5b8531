// The thread that runs a pattern which somebody else wrote. It may be terminated at any moment and holds nothing.
import { parentPort, workerData } from "node:worker_threads";
import { matchLines } from "../core/match-lines.ts";
import type { MatchAnswer, MatchQuestion, MatchSettings } from "./line-matcher.ts";

const { source, flags } = workerData as MatchSettings;
const pattern = new RegExp(source, flags);

parentPort?.on("message", (question: MatchQuestion) => {
  let free = question.matchCountMax;
  const answer: MatchAnswer = question.texts.map((bytes) => {
    const matches = matchLines(bytes, pattern, free);
    if (matches !== "binary") free -= matches.length;
    return matches;
  });
  parentPort?.postMessage(answer);
});
