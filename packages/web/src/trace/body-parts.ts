// How a body is shown: as one JSON value, as JSON values line by line (prompts are such), or as it is.

export type BodyPart =
  | { readonly kind: "json"; readonly value: object }
  /** One line of several. `beginning`: what tells it from its neighbours while it is folded. */
  | { readonly kind: "line"; readonly title: string; readonly beginning: string; readonly value: object }
  | { readonly kind: "text"; readonly text: string };

/** `isWhole`: there is nothing behind `text`. A line that was cut off is shown as it is. */
export function bodyParts(text: string, isWhole: boolean): readonly BodyPart[] {
  const whole = isWhole ? parsed(text) : undefined;
  if (whole !== undefined) return [{ kind: "json", value: whole }];
  const lines = text.split("\n");
  const rest = lines.at(-1) === "" || !isWhole ? lines.pop() : undefined;
  const values = lines.map(parsed);
  if (values.length === 0 || !values.every((value) => value !== undefined)) return [{ kind: "text", text }];
  const parts: BodyPart[] = titled(values).map((title, at) => ({
    kind: "line",
    title,
    beginning: (lines[at] ?? "").slice(0, beginningLength).toWellFormed(),
    value: values[at] ?? {},
  }));
  return rest === undefined || rest === "" ? parts : [...parts, { kind: "text", text: rest }];
}

const beginningLength = 120;

/** Objects and lists only: any other value says no more than its text. */
function parsed(text: string): object | undefined {
  const first = text.trimStart()[0];
  if (first !== "{" && first !== "[") return undefined;
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}

function titled(values: readonly object[]): readonly string[] {
  let messageCount = 0;
  return values.map((value, at) => {
    const role = "role" in value && typeof value.role === "string" ? value.role : undefined;
    if (role === undefined) return at === 0 ? "Head" : `Line ${at}`;
    messageCount += 1;
    return `Message ${messageCount - 1} (${role})`;
  });
}
