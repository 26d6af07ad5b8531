// Gives then to everything, so that every wait of the host calls the script.
// expect: safe
// bites
const found = [];
for (const owner of [Object.prototype, Function.prototype, Array.prototype, String.prototype, Number.prototype]) {
  try {
    Object.defineProperty(owner, "then", { value(resolve) { found.push("called"); resolve("evil"); }, configurable: true });
    found.push("defined");
  } catch {}
}
const answers = [await agent("x"), await agent('JSON:{"a":1}'), await agent("JSON:[1]")];
if (JSON.stringify(answers) !== '["echo:x",{"a":1},[1]]') found.push("answers");
return verdict(found);
