// Asks for negative, endless and odd budgets.
// expect: safe
export const workflow = { name: "hostile", description: "d", async run() {
  const found = [];
  for (const odd of [-1, 0, 1.5, "5", {}, { tokens: -1 }, 2 ** 53, 1n, { get tokens() { return -5; } }]) {
    for (const use of [() => budget(odd), () => agent("a", { prompt: "x", budget: odd }), () => parallel([], { budget: odd }), () => phase("p", { agents: [], budget: odd })]) {
      try { await use(); found.push(typeof odd); } catch (error) { if (!(error instanceof TypeError || error instanceof RangeError)) found.push(String(error)); }
    }
  }
  return found.length === 0 ? "safe" : `ESCAPED ${found}`;
} };
