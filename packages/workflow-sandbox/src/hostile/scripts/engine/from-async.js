// Reaches out by Array.fromAsync and its constructors.
// expect: limited:cpu-limit | limited:memory-limit | safe
// bites
const found = [];
for (const make of [() => Array.fromAsync([agent]), () => Array.fromAsync({ async *[Symbol.asyncIterator]() { yield agent; } }), () => Array.fromAsync.call(function () { return new Proxy({}, { defineProperty: () => true, set: () => true }); }, [1]), () => Array.fromAsync.call((() => 1).constructor, ["return 6*7"]), () => Array.fromAsync([1], function () { return this; })]) {
  try { const made = await make(); if (madeFromText(made) || powerOf(made)) found.push(String(make)); } catch (error) { if (powerOf(error)) found.push("error"); }
}
return verdict(found);
