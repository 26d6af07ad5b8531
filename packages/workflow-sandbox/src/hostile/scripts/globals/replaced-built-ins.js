// Replaces the names of built-ins, which the host must not look up there.
// expect: safe
for (const name of ["JSON", "Object", "Promise", "Map", "Error", "Array", "String", "Symbol", "Reflect", "RegExp", "Proxy", "Number", "undefined", "isNaN"]) {
  try { globalThis[name] = { stringify: () => '"evil"', parse: () => "evil", keys: () => [], resolve: () => "evil" }; } catch {}
}
const one = await agent('JSON:{"a":[1]}');
const two = await parallel([() => agent("b")]);
log({ a: 1 });
return one.a[0] === 1 && two[0] === "echo:b" && new URL("http://a.b/c").host === "a.b" ? "safe" : "ESCAPED";
