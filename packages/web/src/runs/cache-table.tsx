// The rows of a cache report.
import type { WorkflowCacheItem } from "@lathe/wire";
import type { JSX } from "preact";
import { PlaceLink } from "../app/place-link.tsx";
import { Badge } from "../kit/badge.tsx";
import { Foreign } from "../kit/foreign.tsx";
import { cacheSentence } from "./workflow-words.ts";

export function CacheTable({ items }: { readonly items: readonly WorkflowCacheItem[] }): JSX.Element {
  return (
    <table class="run-cache-table">
      <thead>
        <tr>
          <th scope="col">Agent</th>
          <th scope="col">Phase</th>
          <th scope="col">Cache</th>
          <th scope="col">Why</th>
        </tr>
      </thead>
      <tbody>
        {items.map(({ callIndex, label, phase, outcome, reason, fromRunId }) => (
          <tr key={callIndex}>
            <th scope="row">
              <Foreign text={label} />
            </th>
            <td>{phase === null ? "–" : <Foreign text={phase} />}</td>
            <td>
              <Badge tone={outcome === "hit" ? "success" : "neutral"}>
                {outcome === "hit" ? "Hit" : "Miss"}
              </Badge>
            </td>
            <td>
              {cacheSentence(reason)}
              {fromRunId === null ? null : (
                <>
                  {" "}
                  <PlaceLink to={{ kind: "run", id: fromRunId }}>That run</PlaceLink>
                </>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
