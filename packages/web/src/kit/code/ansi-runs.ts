// Reads the output of commands: colors become names, and every other escape sequence is taken out.
//
// An escape that begins no sequence known here stays in the text, where it is made visible like any control.

export type AnsiColor = "black" | "red" | "green" | "yellow" | "blue" | "magenta" | "cyan" | "white";

/** How a run is written. A bright color is told as its plain one in bold. */
export interface AnsiStyle {
  readonly color?: AnsiColor;
  readonly background?: AnsiColor;
  readonly bold?: true;
  readonly dim?: true;
  readonly italic?: true;
  readonly underline?: true;
  readonly strike?: true;
  readonly inverse?: true;
}

export interface AnsiRun {
  readonly text: string;
  readonly style: AnsiStyle;
}

const colors: readonly AnsiColor[] = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];

// A string that is never terminated must not swallow the output after it, so it ends within its line and soon.
const escapes =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked for.
  /(?:\u001b\[|\u009b)([0-?]{0,64})([ -/]{0,4})([@-~])|(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c\n]{0,2000}(?:\u0007|\u001b\\|\u009c)|\u001b[ -/]{1,4}[0-~]|\u001b[0-OQ-WYZ\\`-~]/g;

/** The runs of `text`, in order. Lines that were written over are left out, as a terminal would show them. */
export function ansiRuns(text: string): readonly AnsiRun[] {
  const runs: AnsiRun[] = [];
  const shown = withoutOverwritten(text);
  let style: AnsiStyle = {};
  let end = 0;
  for (const match of shown.matchAll(escapes)) {
    append({ text: shown.slice(end, match.index), style }, runs);
    end = match.index + match[0].length;
    if (match[3] === "m" && match[2] === "") style = styleAfter(style, match[1] ?? "");
  }
  append({ text: shown.slice(end), style }, runs);
  return runs;
}

function append(run: AnsiRun, runs: AnsiRun[]): void {
  if (run.text === "") return;
  const last = runs.at(-1);
  if (last === undefined || last.style !== run.style) runs.push(run);
  else runs[runs.length - 1] = { text: last.text + run.text, style: run.style };
}

/** What a terminal leaves of each line: what stands after its last return, without what was rubbed out. */
export function withoutOverwritten(text: string): string {
  if (!text.includes("\r") && !text.includes("\b")) return text;
  return text.split("\n").map(finalLine).join("\n");
}

function finalLine(line: string): string {
  const written = line.replace(/\r+$/, "");
  const last = written.slice(written.lastIndexOf("\r") + 1);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a backspace is what is looked for.
  return last.replace(/[^\u0008]\u0008/g, "");
}

function styleAfter(style: AnsiStyle, parameters: string): AnsiStyle {
  const codes = parameters.split(/[;:]/).map((code) => (code === "" ? 0 : Number(code)));
  let next: Writable = { ...style };
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0;
    if (code === 38 || code === 48) {
      const isIndexed = codes[at + 1] === 5;
      const index = isIndexed ? (codes[at + 2] ?? 0) : -1;
      if (index >= 0 && index < 16) setColor(next, code === 38 ? "color" : "background", index);
      at += isIndexed ? 2 : 4;
    } else if (code === 0) next = {};
    else apply(next, code);
  }
  return next;
}

type Writable = { -readonly [Key in keyof AnsiStyle]: AnsiStyle[Key] };

const switchedOn: ReadonlyMap<number, "bold" | "dim" | "italic" | "underline" | "inverse" | "strike"> =
  new Map([
    [1, "bold"],
    [2, "dim"],
    [3, "italic"],
    [4, "underline"],
    [7, "inverse"],
    [9, "strike"],
  ]);

const switchedOff: ReadonlyMap<number, readonly (keyof AnsiStyle)[]> = new Map([
  [22, ["bold", "dim"]],
  [23, ["italic"]],
  [24, ["underline"]],
  [27, ["inverse"]],
  [29, ["strike"]],
  [39, ["color"]],
  [49, ["background"]],
]);

function apply(style: Writable, code: number): void {
  const on = switchedOn.get(code);
  if (on !== undefined) style[on] = true;
  for (const key of switchedOff.get(code) ?? []) delete style[key];
  if (code >= 30 && code <= 37) setColor(style, "color", code - 30);
  if (code >= 40 && code <= 47) setColor(style, "background", code - 40);
  if (code >= 90 && code <= 97) setColor(style, "color", code - 82);
  if (code >= 100 && code <= 107) setColor(style, "background", code - 92);
}

/** `index` counts from 0: eight colors, then the same eight bright. */
function setColor(style: Writable, key: "color" | "background", index: number): void {
  const color = colors[index % 8];
  if (color !== undefined) style[key] = color;
  if (key === "color" && index >= 8) style.bold = true;
}
