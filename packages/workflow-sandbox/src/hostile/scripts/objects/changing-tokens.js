// Gives tokens that change while they are read.
// expect: safe
export const workflow = { name: "hostile", description: "d", async run() {
  let reads = 0;
  const odd = { get tokens() { reads++; return reads % 2 ? 5 : -5; }, toJSON() { return { tokens: this.tokens }; } };
  try { await agent("a", { prompt: "x", budget: odd }); } catch (error) { if (!(error instanceof TypeError)) return "ESCAPED"; }
  try { const own = budget(odd); if (!(own.total > 0)) return "ESCAPED"; } catch (error) { if (!(error instanceof TypeError)) return "ESCAPED"; }
  return "safe";
} };
