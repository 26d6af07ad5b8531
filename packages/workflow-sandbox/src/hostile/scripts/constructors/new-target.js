// Gives a constructor of functions as new.target.
// expect: safe
// bites
const found = [];
const makers = [() => 1, async () => 1, function* () {}, async function* () {}].map((one) => one.constructor);
for (const maker of makers) {
  for (const target of [Object, Array, Promise, Error, Map, Proxy, Function]) {
    try {
      const made = Reflect.construct(target, ["return 6*7"], maker);
      if (madeFromText(made)) found.push(target.name);
    } catch {}
    try {
      if (madeFromText(Reflect.construct(maker, ["return 6*7"], target))) found.push(target.name);
    } catch {}
  }
}
return verdict(found);
