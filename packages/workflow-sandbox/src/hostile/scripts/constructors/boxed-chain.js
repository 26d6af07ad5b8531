// Climbs by constructor and prototype in every order, eight steps far.
// expect: safe
// bites
const found = [];
let level = [agent, "text", Promise.resolve(), new Error("e"), async () => 1, args, console, budget];
for (let depth = 0; depth < 8; depth++) {
  const next = new Set();
  for (const one of level) {
    for (const step of [(x) => x.constructor, (x) => x.prototype, (x) => Object.getPrototypeOf(x), (x) => x.__proto__]) {
      try {
        const value = step(one);
        if (value !== null && value !== undefined) next.add(value);
      } catch {}
    }
  }
  for (const one of next) if (isOutside(one) || makesCode(one)) found.push(`step ${depth}`);
  level = [...next];
}
return verdict(found);
