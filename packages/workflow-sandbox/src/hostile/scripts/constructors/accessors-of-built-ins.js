// Takes the getters and setters of built-ins apart.
// expect: safe
// bites
const found = [];
for (const owner of [Object.prototype, Map.prototype, Set.prototype, RegExp.prototype, Symbol.prototype, Promise, Array, Map, Error.prototype, Iterator.prototype, Function.prototype]) {
  for (const key of Reflect.ownKeys(owner)) {
    const { get, set } = Object.getOwnPropertyDescriptor(owner, key);
    for (const part of [get, set]) {
      if (part === undefined) continue;
      if (powerOf(part)) found.push(String(key));
      for (const receiver of [undefined, globalThis, agent, {}]) {
        try {
          if (powerOf(Reflect.apply(part, receiver, []))) found.push(String(key));
        } catch {}
      }
    }
  }
}
return verdict(found);
