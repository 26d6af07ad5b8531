// Makes code from text by the constructors of async generators and their prototypes.
// expect: safe
// bites
const found = [];
for (const one of [async function* () {}, { async *run() {} }.run]) {
  const proto = Object.getPrototypeOf(one);
  for (const maker of [one.constructor, proto.constructor, proto.prototype?.constructor, one().constructor]) {
    if (makesCode(maker)) found.push("async generator");
  }
}
return verdict(found);
