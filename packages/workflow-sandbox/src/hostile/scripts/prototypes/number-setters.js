// Lays setters for numbers where the host's arrays would run into them.
// expect: safe
const found = [];
for (const owner of [Object.prototype, Array.prototype]) {
  for (let index = 0; index < 8; index++) {
    try {
      Object.defineProperty(owner, index, { set(value) { found.push(typeof value); }, get: () => "evil", configurable: true });
      found.push("defined");
    } catch {}
  }
}
const list = await parallel([() => agent("a"), () => agent("b")]);
if (list.join() !== "echo:a,echo:b") found.push("list");
return verdict(found);
