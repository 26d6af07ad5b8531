// Reaches out by the agents that the object form defines.
// expect: safe
export const workflow = { name: "hostile", description: "d", async run() {
  const found = [];
  const step = agent("a", { prompt: "x" });
  for (const key of Reflect.ownKeys(step)) { try { step[key] = 1; found.push(key); } catch {} if (typeof step[key] === "function" && !/native code/.test(Function.prototype.toString.call(step[key]))) found.push(`${String(key)} shows its source`); }
  try { step.hit = 1; found.push("hit"); } catch {}
  if (step.then === undefined || (await step) !== "echo:x") found.push("answer");
  for (const odd of [step.then(), step.then(1, 2), step.catch(), step.finally()]) { if (!(odd instanceof Promise)) found.push("promise"); await odd; }
  return found.length === 0 ? "safe" : `ESCAPED ${found}`;
} };
