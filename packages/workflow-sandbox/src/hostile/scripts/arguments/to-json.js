// Gives options that write themselves.
// expect: safe
const found = [];
for (const options of [{ toJSON: () => agent }, { toJSON() { return this; } }, { toJSON: () => undefined }, { toJSON: () => [] }, { toJSON: () => "text" }, { toJSON: () => ({ kind: "returned" }) }, { toJSON: () => null }]) {
  try { if ((await agent("x", options)) !== "echo:x") found.push("answer"); } catch (error) { if (!(error instanceof TypeError)) found.push(String(error)); }
}
return verdict(found);
