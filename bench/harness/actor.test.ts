import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { withActor } from "./actor.ts";
import { withStateFolder } from "./state-folder.ts";

const program = `
  import { answerAsActor } from ${JSON.stringify(new URL("actor.ts", import.meta.url).href)};
  answerAsActor({
    double: (input) => input * 2,
    later: async (input) => { await new Promise(setImmediate); return [input]; },
    break: () => { throw new Error("It broke."); },
    end: () => process.exit(3),
  });
`;

async function withProgram<Result>(work: (file: string) => Promise<Result>): Promise<Result> {
  return withStateFolder(async (folder) => {
    const file = join(folder, "program.mjs");
    await writeFile(file, program);
    return work(file);
  });
}

test("a child answers each question with what its task gives", async () => {
  const answers = await withProgram((file) =>
    withActor(file, [], (actor) => Promise.all([actor.ask("later", "a"), actor.ask("double", 21)])),
  );
  expect(answers).toEqual([["a"], 42]);
});

test("a task that throws and one that does not exist reject, and the child goes on", async () => {
  await withProgram((file) =>
    withActor(file, [], async (actor) => {
      await expect(actor.ask("break")).rejects.toThrow("It broke.");
      await expect(actor.ask("unknown")).rejects.toThrow("There is no task unknown.");
      expect(await actor.ask("double", 1)).toBe(2);
    }),
  );
});

test("a child that ends leaves no question open", async () => {
  await withProgram((file) =>
    withActor(file, [], (actor) => expect(actor.ask("end")).rejects.toThrow("ended with 3")),
  );
});
