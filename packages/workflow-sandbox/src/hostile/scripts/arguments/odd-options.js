// Gives everything but objects as options.
// expect: safe
// bites
const found = [];
for (const options of [Symbol("s"), () => 1, 1, "text", true, 1n, [], NaN]) {
  try { await agent("x", options); found.push(typeof options); } catch (error) { if (!(error instanceof TypeError)) found.push(String(error)); }
}
for (const options of [null, undefined, {}, Object.create(null), new Map()]) if ((await agent("x", options)) !== "echo:x") found.push("refused");
return verdict(found);
