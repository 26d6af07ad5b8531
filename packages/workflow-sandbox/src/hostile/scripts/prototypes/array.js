// Patches the methods of arrays.
// expect: safe
// bites
return await patched(Array.prototype, ["push", "map", "shift", "slice", "join", "every", "values", "concat", Symbol.iterator, Symbol.unscopables, "0", "length"], function () { globalThis.stolen = this; return []; });
