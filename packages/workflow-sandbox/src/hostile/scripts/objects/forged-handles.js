// Hands things to parallel that look like agents.
// expect: safe
export const workflow = { name: "hostile", description: "d", async run() {
  const real = agent("a", { prompt: "x" });
  const list = await parallel([{ id: "a", then(resolve) { resolve("own"); } }, Object.create(real), { ...real }, new Proxy(real, {}), real]).catch((error) => [error.name]);
  return list.every((one) => one === null || typeof one === "string") ? "safe" : "ESCAPED";
} };
