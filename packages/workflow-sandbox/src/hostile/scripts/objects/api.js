// Walks over what run() is given in the object form.
// expect: safe
export const workflow = { name: "hostile", description: "d", async run(api, args) {
  const found = [];
  for (const key of Reflect.ownKeys(api)) {
    const one = api[key];
    if (key !== "args" && !Object.isFrozen(one)) found.push(`${key} can be changed`);
    for (const maker of [one?.constructor, one?.constructor?.constructor]) { try { if (typeof maker === "function" && typeof maker("return 6*7") === "function") found.push(key); } catch {} }
  }
  try { api.agent = () => "evil"; } catch {}
  if ((await api.agent("a", { prompt: "x" })) !== "echo:x") found.push("answer");
  return found.length === 0 ? "safe" : `ESCAPED ${found}`;
} };
