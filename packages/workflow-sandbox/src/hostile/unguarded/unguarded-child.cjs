// Runs one script as anybody would without a sandbox: in a function beside Node's own globals, with the API as plain
// closures. Only for the control of the suite, which shows that its scripts find what is there to be found.
"use strict";

const { readFileSync } = require("node:fs");

const AsyncFunction = (async () => undefined).constructor;

async function agent(prompt, options) {
  const text = `${prompt}`;
  void JSON.stringify(options);
  if (text === "ERR") throw Object.assign(new Error("made to fail"), { cause: process });
  return text.startsWith("JSON:") ? JSON.parse(text.slice(5)) : `echo:${text}`;
}

async function parallel(thunks) {
  return await Promise.all(thunks.map((thunk) => thunk(process)));
}

async function pipeline(items, ...stages) {
  return await Promise.all(
    items.map((item) => stages.reduce(async (value, stage) => stage(await value, process), item)),
  );
}

async function workflow(reference) {
  if (reference === "ERR") await agent("ERR");
  return reference;
}

const api = {
  agent,
  parallel,
  pipeline,
  phase: () => undefined,
  log: () => undefined,
  workflow,
  approve: async (question) => (question === "ERR" ? await agent("ERR") : "yes"),
  budget: { total: 1000, spent: () => 10, remaining: () => 990 },
  args: { list: [1, 2], inner: { a: 1 }, text: "t" },
};
Object.assign(globalThis, api);

process.on("unhandledRejection", () => undefined);
process.on("uncaughtException", () => undefined);

const source = readFileSync(0, "utf8").replaceAll(/^export (const|default) /gm, "const ");
const names = [...Object.keys(api), "require", "module"];
const values = [...Object.values(api), require, module];
const { stdout } = process;

new AsyncFunction(...names, source)(...values).then(
  (value) => stdout.write(String(value)),
  (cause) => stdout.write(`threw ${cause}`),
);
