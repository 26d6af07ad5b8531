// Returns thenables that throw out of delegating async generators.
// expect: safe
// bites
const caught = [];
async function* outer(inner) { try { yield* inner; } catch (error) { caught.push(error); } }
const hostile = { then(resolve) { const again = () => again(); again(resolve); } };
for (const inner of [
  { [Symbol.asyncIterator]: () => ({ next: () => ({ value: 1, done: false }), return: () => hostile }) },
  { [Symbol.asyncIterator]: () => ({ next: () => ({ value: 1, done: false }), return: () => ({ done: true, get value() { return hostile; } }) }) },
  { [Symbol.iterator]: () => ({ next: () => ({ value: hostile, done: false }), return: () => ({ done: true, value: hostile }) }) },
]) {
  const iterator = outer(inner);
  for (const step of [() => iterator.next(), () => iterator.return(hostile), () => iterator.throw(hostile)]) {
    try { await step(); } catch (error) { caught.push(error); }
  }
}
return verdict(caught.filter((error) => powerOf(error)).map(String));
