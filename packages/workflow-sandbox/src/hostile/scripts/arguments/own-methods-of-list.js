// Gives a list with map, every and iterators of its own.
// expect: safe
// bites
let called = 0;
class List extends Array {
  map() { called++; return []; } every() { called++; return true; } slice() { called++; return this; }
  [Symbol.iterator]() { called++; return { next: () => ({ done: true }) }; }
  static get [Symbol.species]() { called++; return function () { return {}; }; }
}
const thunks = new List();
thunks[0] = async () => "a";
const list = await parallel(thunks);
const items = new List();
items[0] = 5;
const second = await pipeline(items, (x) => x + 1);
return called === 0 && list[0] === "a" && second[0] === 6 ? "safe" : `ESCAPED ${called}`;
