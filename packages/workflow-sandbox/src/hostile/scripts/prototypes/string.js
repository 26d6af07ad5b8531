// Patches the methods of texts.
// expect: safe
// bites
return await patched(String.prototype, ["slice", "replace", "toWellFormed", "split", "toString", "valueOf", Symbol.iterator, "length", "toJSON"], () => "evil");
