// Adds to and changes Object.prototype.
// expect: safe
// bites
const names = ["polluted", "value", "get", "set", "kind", "index", "error", "then", "toJSON", "name", "message", "length", "writable", "constructor", "hasOwnProperty", "toString"];
return await patched(Object.prototype, names, () => "evil");
