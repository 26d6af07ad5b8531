// Reaches out by arguments, its callee and its iterator.
// expect: safe
// bites
const found = [];
function look() {
  for (const read of [() => arguments, () => arguments.callee, () => arguments.constructor, () => arguments[Symbol.iterator], () => look.caller, () => look.arguments, () => agent.caller, () => agent.arguments]) {
    try {
      if (powerOf(read())) found.push(String(read));
    } catch {}
  }
}
[1].forEach(look);
await parallel([look]);
return verdict(found);
