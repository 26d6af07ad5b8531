// Patches regular expressions.
// expect: safe
// bites
return await patched(RegExp.prototype, ["exec", "test", "flags", "source", Symbol.match, Symbol.replace, Symbol.split, Symbol.matchAll, "lastIndex"], () => null);
