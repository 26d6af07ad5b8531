// Makes the engine build errors in asynchronous built-ins.
// expect: safe
// bites
const found = [];
const odd = () => { const error = new Error("q"); error.name = Symbol("s"); return error; };
const sources = [
  { [Symbol.asyncIterator]() { throw odd(); } }, { [Symbol.iterator]() { return { next() { throw odd(); } }; } },
  { length: 1, get 0() { throw odd(); } }, { [Symbol.asyncIterator]: 1 }, { [Symbol.iterator]: () => 1 },
];
for (const source of sources) {
  for (const use of [() => Array.fromAsync(source), async () => { for await (const one of source) void one; }, () => Promise.all(source), () => Promise.any(source), async () => [...source]]) {
    try { await use(); } catch (error) {
      try { void error.stack; } catch (inner) { if (powerOf(inner)) found.push("inner"); }
      if (powerOf(error)) found.push("error");
    }
  }
}
return verdict(found);
