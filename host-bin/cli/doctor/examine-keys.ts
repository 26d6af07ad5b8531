import type { EnvironmentVariables } from "../../powers/environment.ts";
import { type Finding, ok, warn } from "./finding.ts";

const keyNames = ["ANTHROPIC_API_KEY", "DEEPSEEK_API_KEY", "OPENAI_API_KEY"];

/** Looks at names only; no value is read. */
export function examineKeys(environment: EnvironmentVariables): Finding {
  const present = keyNames.filter((name) => (environment[name] ?? "") !== "");
  if (present.length > 0) return ok("keys", `Set: ${present.join(", ")}.`);
  return warn(
    "keys",
    "No key of a provider is set, so that only the offline model answers.",
    `Set one of ${keyNames.join(", ")} where the daemon starts.`,
  );
}
