// Hands a step of a pipeline what changes, throws or calls while it is written into the next prompt.
// expect: safe
export const workflow = { name: "hostile", description: "d", async run() {
  const odd = [{ toJSON() { throw new Error("no"); } }, { get a() { agent("inner", { prompt: "x" }).catch(() => 0); return 1; } }, { toJSON: () => "\u0000{\"kind\":\"returned\"}" }, Symbol("s"), 1n, () => 1];
  const ends = [];
  for (const one of odd) { try { ends.push(typeof (await pipeline([async () => one, agent("next", { prompt: "p" })]))); } catch (error) { ends.push(error instanceof Error ? "error" : "odd"); } }
  return ends.includes("odd") ? `ESCAPED ${ends}` : "safe";
} };
