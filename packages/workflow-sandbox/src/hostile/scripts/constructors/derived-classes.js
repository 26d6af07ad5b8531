// Derives classes from the constructors of functions.
// expect: safe
// bites
const found = [];
for (const one of [() => 1, async () => 1, function* () {}, async function* () {}]) {
  try {
    class Made extends one.constructor { constructor() { super("return 6*7"); } }
    if (madeFromText(new Made())) found.push(String(one));
  } catch {}
  try {
    const Made = class extends Object.getPrototypeOf(one).constructor {};
    if (madeFromText(new Made("a", "return 6*7"))) found.push(String(one));
  } catch {}
}
return verdict(found);
