// Uses every element of classes against what it is given: static blocks, private methods, accessors, computed names.
// expect: safe
const found = [];
let count = 0;
class Grab {
  static { try { if (powerOf(this)) found.push("static"); } catch {} }
  static [(count++, "computed")] = (() => this)();
  #field = agent;
  get #hidden() { return this.#field; }
  static steal(one) { try { return one.#hidden; } catch (error) { return error; } }
  static *[Symbol.iterator]() { yield this; }
}
for (const one of [agent, budget, new Grab(), Object.create(new Grab()), new Proxy(new Grab(), {})]) if (powerOf(Grab.steal(one))) found.push("private");
for (const [one] of [[...Grab]]) if (powerOf(one)) found.push("iterated");
if (powerOf(Grab.computed)) found.push("computed");
return count === 1 ? verdict(found) : "ESCAPED";
