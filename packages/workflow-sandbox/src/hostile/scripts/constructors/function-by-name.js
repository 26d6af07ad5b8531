// Makes code from text by the names Function and new Function.
// expect: safe
// bites
const found = [];
for (const make of [
  () => Function("return 6*7"),
  () => new Function("return 6*7"),
  () => Reflect.construct(Function, ["return 6*7"]),
  () => Reflect.apply(Function, undefined, ["return 6*7"]),
  () => Function.call(undefined, "return 6*7"),
  () => Function.apply(undefined, ["return 6*7"]),
  () => Function.bind(undefined, "return 6*7")(),
  () => new (class extends Function {})("return 6*7"),
  () => new (new Proxy(Function, {}))("return 6*7"),
]) {
  try {
    const made = make();
    if (madeFromText(made)) found.push(String(make));
  } catch {}
}
return verdict(found);
