// Patches Promise.all, resolve, race and species.
// expect: safe
// bites
return await patched(Promise, ["all", "allSettled", "any", "race", "resolve", "reject", "try", "withResolvers", Symbol.species], function () { globalThis.stolen = this; return []; });
