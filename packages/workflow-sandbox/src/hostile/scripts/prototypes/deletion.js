// Deletes what the host may need.
// expect: safe
const found = [];
for (const [owner, key] of [[JSON, "stringify"], [Array.prototype, "push"], [Map.prototype, "get"], [Promise.prototype, "then"], [Object, "keys"], [String.prototype, "slice"], [globalThis, "agent"], [Function.prototype, "apply"]]) {
  try {
    if (delete owner[key] && !(key in owner)) found.push(key);
  } catch {}
}
if ((await agent("x")) !== "echo:x") found.push("answer");
return verdict(found);
