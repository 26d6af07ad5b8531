// Patches Array.isArray, Array.from and Array.of.
// expect: safe
// bites
return await patched(Array, ["isArray", "from", "of", "fromAsync", Symbol.species, "prototype"], () => true);
