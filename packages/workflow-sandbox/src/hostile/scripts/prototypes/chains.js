// Puts another prototype behind built-ins and given functions.
// expect: safe
// bites
const found = [];
for (const owner of [Object.prototype, Array.prototype, Function.prototype, Promise.prototype, Promise, Error, Error.prototype, agent, budget, console, URL, JSON, Math, Reflect, Map.prototype]) {
  for (const put of [() => Object.setPrototypeOf(owner, { polluted: 1 }), () => { owner.__proto__ = { polluted: 1 }; }, () => Reflect.setPrototypeOf(owner, { polluted: 1 })]) {
    try {
      put();
    } catch {}
  }
  if (owner.polluted === 1) found.push(String(owner));
}
return verdict(found);
