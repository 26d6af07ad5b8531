// Patches promises, so that the host's own would call the script.
// expect: safe
// bites
return await patched(Promise.prototype, ["then", "catch", "finally", "constructor", Symbol.toStringTag], function () { globalThis.stolen = this; return this; });
