import { describe, expect, test } from "vitest";
import { type AgentFileReading, parseAgentFile } from "./agent-file.ts";

function reading(frontMatter: string, body = "You review."): AgentFileReading {
  return parseAgentFile(`---\n${frontMatter}\n---\n${body}\n`, "some-file");
}

function draftOf(frontMatter: string): object {
  const found = reading(frontMatter);
  return found.kind === "agent" ? found.draft : found;
}

describe("a file of an agent", () => {
  test("says its name, what it is for, its tools, its model, its effort, and behind that its prompt", () => {
    const fields = "name: reviewer\ndescription: Reviews.\ntools: [read_file, web]\nmodel: a/b\neffort: high";
    expect(reading(fields, "\n# You review.\n\n---\nBe short.\n")).toEqual({
      kind: "agent",
      name: "reviewer",
      draft: {
        prompt: "# You review.\n\n---\nBe short.",
        description: "Reviews.",
        tools: ["read_file", "web"],
        deniedTools: [],
        model: "a/b",
        settings: { effort: "high" },
      },
    });
  });

  test("needs nothing but a prompt: it has the name of its file, every tool, and the model of who asks", () => {
    expect(reading("")).toMatchObject({ kind: "broken" });
    expect(reading("color: red")).toEqual({
      kind: "agent",
      name: "some-file",
      draft: { prompt: "You review.", settings: {}, deniedTools: [] },
    });
    for (const model of ["inherit", "", "null", "~"])
      expect(draftOf(`model: ${model}`)).not.toHaveProperty("model");
    expect(draftOf("model: sonnet")).toMatchObject({ model: "sonnet" });
  });

  test("may be written on another system", () => {
    const text = "\uFEFF---\r\nname: windows\r\ntools:\r\n  - Read\r\n---\r\nYou review.\r\n";
    const bytes = new TextEncoder().encode(text);
    expect(parseAgentFile(new TextDecoder().decode(bytes), "x")).toMatchObject({
      name: "windows",
      draft: { tools: ["read_file"], prompt: "You review." },
    });
  });

  test.each([
    [
      "tools: Read, Write, Edit,Glob , Grep, LS, Bash",
      ["read_file", "write_file", "edit_file", "list_files", "search_files", "run_command"],
    ],
    ["tools: [Read, Read, read_file]", ["read_file"]],
    ["tools: '*'", ["*"]],
    ["tools:", []],
    ["tools: []", []],
    ["tools: Bash(git log:*), WebFetch", ["Bash(git log:*)", "WebFetch"]],
  ])("with `%s` has the tools %j, and never more than it says", (tools, names) => {
    expect(draftOf(tools)).toMatchObject({ tools: names });
  });

  test("may deny tools, and a rule about a tool denies the whole of it", () => {
    expect(draftOf("disallowedTools: Write, Bash(rm:*)")).toMatchObject({
      deniedTools: ["write_file", "run_command"],
    });
  });

  test("may have a description that YAML would not take, as files in the wild have", () => {
    const text = 'Use this: now. Examples: <example>user: "Look" # at: it</example>';
    expect(draftOf(`name: wild\ndescription: ${text}\ntools: Read`)).toMatchObject({
      description: text,
      tools: ["read_file"],
    });
  });
});

describe("a broken file", () => {
  test.each([
    ["no front matter", "You review.", "does not begin with front matter"],
    ["no end of it", "---\nname: x\nYou review.", "does not end with"],
    ["nothing", "", "does not begin with front matter"],
    ["no prompt", "---\nname: x\n---\n \n", "no prompt"],
    ["a list", "---\n- a\n- b\n---\nx", "must be fields"],
    ["a name that steers a terminal", '---\nname: "\\e[31m"\n---\nx', "`name` is wrong"],
    ["a name like a path", "---\nname: ../x\n---\nx", "`name` is wrong"],
    ["an effort that is none", "---\neffort: 11\n---\nx", "`effort` is wrong"],
    ["tools that are a mapping", "---\ntools: {a: b}\n---\nx", "`tools` is wrong"],
    ["fields twice", "---\nname: a\nname: b\n---\nx", "unique"],
    ["an anchor that is used", "---\nname: &a x\nmodel: *a\n---\nx", "alias"],
    ["a tag", "---\nname: !!js/function x\n---\nx", "tag"],
  ])("with %s says so, and has the name of its file where no other is known", (_what, text, message) => {
    const found = parseAgentFile(text, "some-file");
    expect(found).toMatchObject({ kind: "broken", message: expect.stringContaining(message) });
    expect(["some-file", "x"]).toContain(found.name);
  });

  test.each([
    [
      "laughs",
      `a: &a [x,x,x,x,x,x,x,x,x]\n${[..."bcdefghi"].map((c, at) => `${c}: &${c} [${`*${"abcdefghi"[at]},`.repeat(9)}]`).join("\n")}`,
    ],
    [
      "references one by one",
      Array.from({ length: 400 }, (_, at) => `a${at}: &a${at} [*a${Math.max(0, at - 1)}]`).join("\n"),
    ],
    ["itself inside", "a: &a\n  b: *a"],
    ["brackets in brackets", `a: ${"[".repeat(8_000)}`],
    ["lists in lists", "- ".repeat(4_000)],
    ["a merge of itself", "a: &a\n  <<: *a"],
    ["more than any needs", `description: ${"x".repeat(60_000)}`],
    ["a prototype", "__proto__: &a {tools: Bash}\ntools: *a"],
  ])("with %s is refused, in a short time and with a short message", (_what, source) => {
    const before = process.cpuUsage();
    const found = reading(source);
    expect(found.kind).toBe("broken");
    expect(found.kind === "broken" && found.message.length).toBeLessThan(300);
    expect(process.cpuUsage(before).user).toBeLessThan(5_000_000);
  });

  test("a field named __proto__ gives nothing to the others", () => {
    expect(draftOf("__proto__: {tools: Bash, name: x}")).toEqual({
      prompt: "You review.",
      settings: {},
      deniedTools: [],
    });
  });
});
