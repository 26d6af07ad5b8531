// Patches weak maps and sets.
// expect: safe
// bites
const first = await patched(WeakMap.prototype, ["get", "set", "has", "delete"], function () { globalThis.stolen = this; });
return first === "safe" ? await patched(Set.prototype, ["has", "add", "delete", "size", Symbol.iterator], function () { globalThis.stolen = this; }) : first;
