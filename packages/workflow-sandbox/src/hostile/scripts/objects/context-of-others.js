// Takes the phase and the budget of others by thenables and timers.
// expect: safe
export const workflow = { name: "hostile", description: "d", async run() {
  let inner;
  await phase("first", { agents: [async () => { inner = () => agent("late", { prompt: "x" }); return await inner(); }], budget: 5 });
  const after = await inner();
  setTimeout(() => inner(), 1);
  await new Promise((resolve) => setTimeout(resolve, 5));
  return after === "echo:x" ? "safe" : "ESCAPED";
} };
