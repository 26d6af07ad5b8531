// Patches JSON to see or change what is sent.
// expect: safe
// bites
return await patched(JSON, ["stringify", "parse", "rawJSON", "isRawJSON", Symbol.toStringTag], (value) => { globalThis.stolen = value; return '"evil"'; });
