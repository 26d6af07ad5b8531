// Patches call, apply, bind and toString of functions.
// expect: safe
// bites
return await patched(Function.prototype, ["call", "apply", "bind", "toString", Symbol.hasInstance, "constructor", "caller", "arguments", "name", "length"], function () { globalThis.stolen = this; });
