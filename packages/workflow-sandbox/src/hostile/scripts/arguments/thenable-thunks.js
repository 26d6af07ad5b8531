// Returns thenables that settle oddly from thunks.
// expect: safe
const list = await parallel([
  () => ({ then(resolve) { resolve(1); resolve(2); } }), () => ({ then(_, reject) { reject(null); } }), () => ({ then() { throw 1; } }),
  () => ({ get then() { return undefined; } }), () => ({ get then() { throw 1; } }), () => ({ then(resolve) { resolve({ then(inner) { inner("deep"); } }); } }),
]);
return list[0] === 1 && list[1] === null && list[2] === null && list[4] === null && list[5] === "deep" ? "safe" : "ESCAPED";
