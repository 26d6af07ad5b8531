// Gives negative and odd numbers of tokens as options.
// expect: safe
const found = [];
for (const tokens of [-1, -1e300, NaN, Infinity, "1e9", null, { valueOf: () => -5 }, 0.5]) {
  try { if ((await agent("x", { budget: tokens, tokens, maxTokens: tokens })) !== "echo:x") found.push("answer"); } catch (error) { if (powerOf(error)) found.push("error"); }
}
return budget.spent() >= 10 && budget.remaining() <= 990 ? verdict(found) : "ESCAPED";
