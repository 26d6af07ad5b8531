// What agents of a workflow are given, and what the script gets of them.
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { type PlayedStep, play } from "../../testing/workflows/prompted-model.ts";
import { logOf, ofType, script, WorkflowStage } from "../../testing/workflows/workflow-stage.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let stage: WorkflowStage;
beforeAll(async () => {
  stage = await WorkflowStage.open({
    engine: { nullStopsPipeline: false },
    agents: { painter: { prompt: "You paint.", tools: ["write_file"], model: "haiku" } },
    extensions: { agents: { modelAliases: { haiku: "openai/small", brush: "openai/brush" } } },
  });
});
afterEach(() => stage.forget());
afterAll(() => stage.close());

interface SentRequest {
  readonly model: string;
  readonly reasoning_effort?: string;
  readonly messages: readonly { readonly role: string; readonly content: unknown }[];
  readonly tools?: readonly { readonly function: { readonly name: string } }[];
}

/** What the model is sent, one request for each question. */
function recordRequests(): readonly SentRequest[] {
  const requests: SentRequest[] = [];
  stage.model.intercept = (_prompt, { body }) => {
    requests.push(body as SentRequest);
    return undefined;
  };
  return requests;
}

const toolsOf = ({ tools = [] }: SentRequest): readonly string[] =>
  tools.map((tool) => tool.function.name).sort();
const textOf = ({ messages }: SentRequest, at: number): string => JSON.stringify(messages.at(at)?.content);

describe("an answer by schema", () => {
  const schema = {
    type: "object",
    properties: { n: { type: "integer" } },
    required: ["n"],
    additionalProperties: false,
  };
  const wrong: readonly PlayedStep[] = [
    { text: "I think it is seven." },
    { json: { n: "7" } },
    { json: { n: 7, extra: true } },
    { json: [7] },
    { text: '```json\n{"n": 7' },
  ];
  const counting = (steps: readonly PlayedStep[]): string =>
    script(
      `return agent(${JSON.stringify(play(...steps))}, { schema: ${JSON.stringify(schema)}, label: "count" });`,
    );

  test.each([
    0, 1, 2, 3, 4,
  ])("that is wrong %d times is asked for again, in the same conversation, until it fits", async (wrongCount) => {
    const requests = recordRequests();
    const { run, entries } = await stage.local.run(
      counting([...wrong.slice(0, wrongCount), { json: { n: 7 } }]),
    );
    expect(run).toMatchObject({ status: "succeeded", result: { n: 7 } });
    expect(ofType(entries, "agent-finish")).toMatchObject([{ outcome: "ok", triesAgain: wrongCount }]);
    const children = await stage.local.children(run.id);
    expect(children).toHaveLength(wrongCount + 1);
    expect(new Set(children.map(({ conversationId }) => conversationId)).size).toBe(1);
    expect(run.usage?.inputTokens).toBe(5 * (wrongCount + 1));
    const [first] = requests;
    expect(first && textOf(first, -1)).toContain("additionalProperties");
    for (const request of requests.slice(1))
      expect(textOf(request, -1)).toContain("does not satisfy the JSON Schema");
  });

  test("that is wrong five times is an error of the script, and nobody is asked a sixth time", async () => {
    const { run, entries } = await stage.local.run(counting([...wrong, { json: { n: 7 } }]));
    expect(run).toMatchObject({ status: "failed", error: { code: "script-error" } });
    expect(run.error?.message).toMatch(
      /^SchemaError: The agent has answered 5 times, and no answer fits the schema\./,
    );
    expect(stage.model.prompts).toHaveLength(5);
    expect(ofType(entries, "agent-finish")).toMatchObject([
      { outcome: "error", triesAgain: 5, error: { code: "schema-not-met" }, usage: { inputTokens: 25 } },
    ]);
  });

  test("says what is wrong and where", async () => {
    const requests = recordRequests();
    await stage.local.run(counting([{ json: { n: "7", extra: 1 } }, { json: { n: 7 } }]));
    const [, second] = requests;
    expect(second && textOf(second, -1)).toMatch(/\/n must be an integer, but it is a string/);
    expect(second && textOf(second, -1)).toContain("extra");
  });
});

describe("null", () => {
  test("is what an agent gives that somebody stops, and the script goes on without it", async () => {
    const { id } = await stage.local.start(
      script(`
const results = await parallel([() => agent(${JSON.stringify(play({ hold: "never" }))}, { label: "held" }), () => agent("say other")]);
return [...results, await agent("say later")];`),
    );
    const { childRunId } = await stage.local.until(id, "agent-start", ({ label }) => label === "held");
    await stage.model.reached("never");
    expect((await stage.local.fetch("POST", `/api/runs/${childRunId}/stop`)).status).toBe(202);
    const { run, entries } = await stage.local.ended(id);
    expect(run).toMatchObject({ status: "succeeded", result: [null, "other", "later"] });
    expect(ofType(entries, "agent-finish").find(({ label }) => label === "held")).toMatchObject({
      outcome: "null",
      error: { code: "skipped", message: "Somebody stopped this agent; the script goes on without it." },
    });
    expect(await stage.local.get(childRunId ?? "")).toMatchObject({ status: "stopped" });
  });

  test("is what an agent gives whose model fails for good, and why is in the events", async () => {
    const { run, entries } = await stage.local.run(
      script(`return [await agent(${JSON.stringify(play({ status: 401 }))})];`),
    );
    expect(run).toMatchObject({ status: "succeeded", result: [null] });
    expect(ofType(entries, "agent-finish")).toMatchObject([{ outcome: "null", error: { code: "auth" } }]);
    expect(await stage.local.children(run.id)).toMatchObject([{ status: "failed", error: { code: "auth" } }]);
  });

  test("is not what an agent gives whose model failed in passing: it is asked again", async () => {
    let failures = 2;
    stage.model.intercept = () => {
      if (failures === 0) return undefined;
      failures -= 1;
      return { status: 503, pieces: ['{"error":{"message":"Busy."}}'] };
    };
    const { run } = await stage.local.run(script('return agent("say at last");'));
    expect(run).toMatchObject({ status: "succeeded", result: "at last" });
    expect(stage.model.prompts).toHaveLength(3);
  });
});

test("a stage that comes to null flows on where the configuration says so", async () => {
  const { run } = await stage.local.run(
    script(`
const failing = ${JSON.stringify(play({ status: 400 }))};
return pipeline(["a", "b"], (item) => agent(item === "a" ? failing : "say b"), (previous, item) => [previous, item]);`),
  );
  expect(run.result).toEqual([
    [null, "a"],
    ["b", "b"],
  ]);
});

describe("agentType", () => {
  test("is an agent of the configuration, with its prompt, tools and model", async () => {
    const requests = recordRequests();
    const { entries } = await stage.local.run(
      script('await agent("say painted", { agentType: "painter" });'),
    );
    expect(requests).toMatchObject([{ model: "small" }]);
    expect(requests.map(toolsOf)).toEqual([["write_file"]]);
    expect(requests[0] && textOf(requests[0], 0)).toContain("You paint.");
    expect(ofType(entries, "agent-start")).toMatchObject([{ agent: "painter", model: "openai/small" }]);
  });

  test("is an agent of a file, as it stands when the agent begins", async () => {
    const file = (prompt: string): string =>
      `---\nname: reviewer\ndescription: Reviews.\ntools: Read, Grep\nmodel: brush\neffort: high\n---\n${prompt}\n`;
    await stage.write(".claude/agents/reviewer.md", file("You review."));
    const requests = recordRequests();
    const reviewed = script('return agent("say reviewed", { agentType: "reviewer" });');
    const { entries } = await stage.local.run(reviewed);
    expect(ofType(entries, "agent-start")).toMatchObject([{ agent: "reviewer", model: "openai/brush" }]);
    expect(requests.map(toolsOf)).toEqual([["read_file", "search_files"]]);
    expect(requests[0] && textOf(requests[0], 0)).toContain("You review.");
    await stage.write(".claude/agents/reviewer.md", file("You review twice."));
    await stage.local.run(reviewed);
    expect(requests[1] && textOf(requests[1], 0)).toContain("You review twice.");
  });

  test("that nobody knows is an error that lists those that there are", async () => {
    const { run } = await stage.local.run(script('return agent("x", { agentType: "revewer" });'));
    expect(run.error?.message).toContain(
      'There is no agent named "revewer". Agents that there are: default, painter, reader',
    );
    expect(stage.model.prompts).toEqual([]);
  });
});

describe("an option", () => {
  test("model is an alias of the configuration or a whole name; the usual aliases stand for the default model", async () => {
    const models = ["haiku", "brush", "sonnet", "opus", "fable", "openai/other"];
    const { run, entries } = await stage.local.run(
      script(
        `return parallel(${JSON.stringify(models)}.map((model) => () => agent("which model", { model })));`,
      ),
    );
    expect(run.result).toEqual(["small", "brush", "test", "test", "test", "other"]);
    expect(new Set(ofType(entries, "agent-start").map(({ model }) => model))).toEqual(
      new Set(["openai/small", "openai/brush", "openai/test", "openai/other"]),
    );
  });

  test("tools leaves only those, of what the agent has", async () => {
    const requests = recordRequests();
    await stage.local.run(
      script('await agent("say a", { tools: ["read_file", "write_file"], agentType: "reader" });'),
    );
    await stage.local.run(script('await agent("say b", { tools: [] });'));
    expect(requests.map(toolsOf)).toEqual([["read_file"], []]);
  });

  test("effort reaches the model", async () => {
    const requests = recordRequests();
    await stage.local.run(script('await agent("say a", { effort: "low" }); await agent("say b");'));
    const [low, usual] = requests;
    expect(JSON.stringify(low)).toContain('"low"');
    expect(JSON.stringify(usual)).not.toContain('"low"');
  });

  test("that nobody knows are said once, however many calls have them", async () => {
    const { entries } = await stage.local.run(
      script(
        'await parallel([1, 2, 3].map((n) => () => agent("say " + n, { temperature: n, retries: 1 })));',
      ),
    );
    expect(logOf(entries, "engine")).toEqual([
      'agent() has no option "temperature"; it is ignored.',
      'agent() has no option "retries"; it is ignored.',
    ]);
  });
});
