// How a run is doing, in a word.
import type { RunStatus } from "@lathe/kernel";
import type { JSX } from "preact";
import { Badge } from "../kit/badge.tsx";
import { statusWords } from "./run-rows.ts";

export function RunStatusBadge({ status }: { readonly status: RunStatus }): JSX.Element {
  const { word, tone, live } = statusWords(status);
  return (
    <Badge tone={tone} live={live}>
      {word}
    </Badge>
  );
}
