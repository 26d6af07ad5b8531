// Looks for getters behind the names that a script is given.
// expect: safe
// bites
const found = [];
for (const owner of [globalThis, console, budget, agent, URL, URL.prototype]) {
  for (const key of Reflect.ownKeys(owner).filter((one) => one !== Symbol.unscopables)) {
    const { get, set } = Object.getOwnPropertyDescriptor(owner, key);
    for (const part of [get, set]) {
      if (part && !/\[native code\]/.test(Function.prototype.toString.call(part)) && owner !== URL.prototype) found.push(String(key));
      if (part && powerOf(part)) found.push(String(key));
    }
  }
}
return verdict(found);
