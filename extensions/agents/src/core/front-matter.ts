// The front matter of a file: a small mapping in YAML between two lines of dashes.
import { parseDocument } from "yaml";

/** The message says where, and never quotes the file. */
export class FrontMatterError extends Error {
  readonly code = "invalid-front-matter";

  constructor(message: string) {
    super(message);
    this.name = "FrontMatterError";
  }
}

export interface SplitText {
  readonly frontMatter: string;
  readonly body: string;
}

const lengthMax = 8_192;

/** Throws FrontMatterError where the text has none. */
export function splitFrontMatter(text: string): SplitText {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  if (lines[0]?.trimEnd() !== "---")
    throw new FrontMatterError(
      "It does not begin with front matter: a line `---`, fields, and a line `---`.",
    );
  const end = lines.findIndex((line, index) => index > 0 && line.trimEnd() === "---");
  if (end === -1) throw new FrontMatterError("Its front matter does not end with a line `---`.");
  return { frontMatter: lines.slice(1, end).join("\n"), body: lines.slice(end + 1).join("\n") };
}

/**
 * The fields; all scalars are text. Tags and aliases are refused. A field whose unquoted text is no YAML
 * (`description: Use it: now`) is its line as it stands. Throws FrontMatterError.
 */
export function readFrontMatter(source: string): Readonly<Record<string, unknown>> {
  if (source.length > lengthMax)
    throw new FrontMatterError(`Its front matter is longer than ${lengthMax} characters.`);
  const strict = parseYaml(source);
  if (strict.kind === "fields") return strict.fields;
  const lenient = parseYaml(source.replaceAll(plainField, quoteField));
  if (lenient.kind === "fields") return lenient.fields;
  throw new FrontMatterError(strict.message);
}

type Parsed =
  | { readonly kind: "fields"; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly kind: "refused"; readonly message: string };

function parseYaml(source: string): Parsed {
  const options = { schema: "failsafe", resolveKnownTags: false, stringKeys: true, strict: true } as const;
  try {
    const document = parseDocument(source, { ...options, logLevel: "silent" });
    const [problem] = [...document.errors, ...document.warnings];
    if (problem !== undefined) return refused(problem.message.split("\n")[0]?.replace(/:$/, "") ?? "");
    const fields: unknown = document.toJS({ maxAliasCount: 0 });
    if (isMapping(fields)) return { kind: "fields", fields };
    return refused("it must be fields, one a line");
  } catch (failure) {
    return refused(
      failure instanceof ReferenceError
        ? "it has an alias (`*name`), which is not supported here"
        : "it cannot be read",
    );
  }
}

function refused(reason: string): Parsed {
  return { kind: "refused", message: `Its front matter is not valid YAML: ${reason}.` };
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A field at the margin whose value does not begin as a quoted text, a list, a block, an alias or a tag does. */
const plainField = /^([A-Za-z][\w-]*):[ \t]+(?![\s"'[\]{}>|*&!%@`#])([^\n]*)$/gm;

function quoteField(_line: string, name: string, text: string): string {
  return `${name}: ${JSON.stringify(text.trimEnd())}`;
}
