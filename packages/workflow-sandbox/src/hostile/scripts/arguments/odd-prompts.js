// Gives everything but texts as prompts.
// expect: safe
// bites
const found = [];
for (const prompt of [Symbol("s"), () => 1, null, undefined, [], {}, new String("s"), 1n, NaN, { toString: () => "t" }, new Proxy({}, {}), [["x"]]]) {
  try { await agent(prompt); found.push(typeof prompt); } catch (error) { if (!(error instanceof TypeError)) found.push(String(error)); }
}
return verdict(found);
