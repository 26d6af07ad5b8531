// Patches Math and Date.
// expect: safe
// bites
const first = await patched(Math, ["min", "max", "floor", "ceil", "random"], () => 0);
return first === "safe" ? await patched(Date.prototype, ["getTime", "toJSON", "toISOString", "constructor", Symbol.toPrimitive], () => 0) : first;
