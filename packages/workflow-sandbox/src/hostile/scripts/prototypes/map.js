// Patches maps to steal the table of open calls.
// expect: safe
// bites
return await patched(Map.prototype, ["get", "set", "has", "delete", "size", "forEach", "entries", Symbol.iterator], function () { globalThis.stolen = this; });
