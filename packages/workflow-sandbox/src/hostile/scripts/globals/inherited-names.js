// Reads names that the scope might take from a prototype.
// expect: safe
// bites
const found = [];
const types = [typeof hasOwnProperty, typeof __proto__, typeof valueOf, typeof constructor, typeof toString, typeof __defineGetter__, typeof evalScope, typeof scopeTerminator, typeof moduleLexicals];
for (const run of [() => powerOf(constructor), () => powerOf(__proto__), () => powerOf(valueOf), () => isOutside(valueOf()), () => isOutside(Reflect.apply(valueOf, undefined, []))]) {
  try { if (run()) found.push(String(run)); } catch {}
}
return verdict(types.length === 9 ? found : ["types"]);
