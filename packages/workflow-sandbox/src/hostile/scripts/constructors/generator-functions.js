// Makes code from text by the constructors of generators and their prototypes.
// expect: safe
// bites
const found = [];
for (const one of [function* () {}, { *run() {} }.run, class { *run() {} }.prototype.run]) {
  const proto = Object.getPrototypeOf(one);
  for (const maker of [one.constructor, proto.constructor, proto.prototype?.constructor, one().constructor]) {
    if (makesCode(maker)) found.push("generator");
  }
}
return verdict(found);
