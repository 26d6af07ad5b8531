// F6: a model server that falls silent is given up after a while, also where nobody stops the turn.
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { chatAnswer, chatText } from "../testing/chat-answers.ts";
import type { DaemonProcess } from "../testing/daemon-process.ts";
import { messagesEvent, messagesStart } from "../testing/messages-answers.ts";
import type { ModelAnswer } from "../testing/misbehaving-model-server.ts";
import { Stage } from "../testing/stage.ts";
import { endingOf } from "../testing/watched-conversation.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

// Long enough for a server that does answer, on a machine that is busy.
const limits = { idleMs: 1_500 };
const retry = { delaysMs: [10, 1_500], sleptMsMax: 1_400 };

let stage: Stage;
let daemon: DaemonProcess;
beforeAll(async () => {
  stage = await Stage.open({
    config: { agents: { default: { retry, limits } } },
  });
  daemon = await stage.start();
});
afterEach(() => stage.server.forget());
afterAll(() => stage.close());

test.each<{ name: string; silent: ModelAnswer }>([
  { name: "that never sends a head", silent: { status: null, ending: "hang" } },
  { name: "that never sends an event", silent: { ending: "hang" } },
])("a server $name is asked again", async ({ silent }) => {
  const conversation = await stage.begin(daemon);
  stage.server.next(silent, { pieces: chatAnswer("Now I answer.") });
  const turn = conversation.send("A question.");
  expect(await turn.seen("provider-retry")).toMatchObject({ reason: "idle-timeout" });
  expect(endingOf(await turn.ended)).toMatchObject({ finishReason: "stop" });
  expect(await (await stage.server.received(0)).over).toBe("left");
  await stage.expectGoesOn(conversation);
});

test.each([
  { model: "openai/test", pieces: [chatText("Half")] },
  {
    model: "anthropic/test",
    pieces: [
      messagesStart(),
      messagesEvent("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
      messagesEvent("content_block_delta", { index: 0, delta: { type: "text_delta", text: "Half" } }),
    ],
  },
])("$model: an answer that stalls ends the turn and keeps what was said", async ({ model, pieces }) => {
  const conversation = await stage.begin(daemon, { model });
  stage.server.next({ pieces, ending: "hang" });
  const turn = conversation.send("A question.");
  const done = endingOf(await turn.ended);
  expect(done).toMatchObject({ finishReason: "error", failure: { kind: "idle-timeout" } });
  const [step] = turn.events.filter((event) => event.type === "step-complete");
  expect(step?.message).toMatchObject({ interrupted: true, content: [{ type: "text", text: "Half" }] });
  expect(await (await stage.server.received(0)).over).toBe("left");
  await stage.expectGoesOn(conversation);
});
