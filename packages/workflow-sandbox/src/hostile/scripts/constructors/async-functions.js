// Makes code from text by the constructor of async functions and async arrows.
// expect: safe
// bites
const found = [];
for (const one of [async () => 1, async function () {}, { async run() {} }.run, class { static async run() {} }.run]) {
  const Made = Object.getPrototypeOf(one).constructor;
  if (makesCode(one.constructor) || makesCode(Made) || powerOf(one)) found.push("async");
}
return verdict(found);
