// A file that defines an agent: front matter in YAML, and behind it the prompt.
import type { ModelSettings } from "@lathe/kernel";
import * as v from "valibot";
import { type AgentDraft, EffortSchema } from "./agent-definitions.ts";
import { FrontMatterError, readFrontMatter, splitFrontMatter } from "./front-matter.ts";
import { deniedToolNamesOf, toolNamesOf } from "./tool-names.ts";

export type AgentFileReading =
  | { readonly kind: "agent"; readonly name: string; readonly draft: AgentDraft }
  /** It cannot be used. The name is that of the file where no other is known. */
  | { readonly kind: "broken"; readonly name: string; readonly message: string };

const TextSchema = v.optional(v.string("It must be text."), "");
const NamesSchema = v.optional(
  v.union(
    [v.string(), v.array(v.string())],
    "It must be a list of names, or names with commas between them.",
  ),
);
const nameHint =
  "It must begin with a letter or a digit, and hold letters, digits, spaces and . _ : / - only.";

const FrontMatterSchema = v.object({
  name: v.optional(v.pipe(v.string(), v.regex(/^[\p{L}\p{N}][\p{L}\p{N} ._:/-]{0,99}$/u, nameHint))),
  description: TextSchema,
  tools: NamesSchema,
  disallowedTools: NamesSchema,
  model: TextSchema,
  effort: v.optional(
    v.union([v.literal(""), EffortSchema], "It must be none, minimal, low, medium, high, xhigh or max."),
  ),
});

/** What the text of a file says. `fileName` is without its ending. Throws nothing. */
export function parseAgentFile(text: string, fileName: string): AgentFileReading {
  try {
    return readAgent(text, fileName);
  } catch (failure) {
    if (failure instanceof FrontMatterError) return brokenAgentFile(fileName, failure.message);
    throw failure;
  }
}

export function brokenAgentFile(name: string, message: string): AgentFileReading {
  return { kind: "broken", name, message };
}

function readAgent(text: string, fileName: string): AgentFileReading {
  const { frontMatter, body } = splitFrontMatter(text);
  const parsed = v.safeParse(FrontMatterSchema, readFrontMatter(frontMatter));
  if (!parsed.success) {
    const [issue] = parsed.issues;
    return brokenAgentFile(fileName, `Its \`${v.getDotPath(issue) ?? ""}\` is wrong: ${issue.message}`);
  }
  const { name = fileName, description, tools, disallowedTools = [], model, effort = "" } = parsed.output;
  const prompt = body.trim();
  if (prompt === "") return brokenAgentFile(name, "There is no prompt behind its front matter.");
  const settings: ModelSettings = effort === "" ? {} : { effort };
  const draft: AgentDraft = {
    prompt,
    settings,
    deniedTools: deniedToolNamesOf(disallowedTools),
    ...(description === "" ? {} : { description }),
    ...(tools === undefined ? {} : { tools: toolNamesOf(tools) }),
    ...(isUnsaid(model) ? {} : { model }),
  };
  return { kind: "agent", name, draft };
}

/** `inherit` = what a conversation without a model uses. */
function isUnsaid(model: string): boolean {
  return ["", "inherit", "null", "~"].includes(model);
}
