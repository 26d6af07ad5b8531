// Nests budgets without end.
// expect: safe
export const workflow = { name: "hostile", description: "d", async run() {
  let count = 0;
  try { for (;;) { budget(100); count++; } } catch (error) { if (!(error instanceof RangeError) || count > 64) return "ESCAPED"; }
  const nest = async (depth) => (depth === 0 ? [await agent(`a${depth}`, { prompt: "x" })] : parallel([() => nest(depth - 1)], { budget: 10 }));
  await nest(60);
  return "safe";
} };
