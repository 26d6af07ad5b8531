// Hides names of the global object so that they fall through.
// expect: safe
// bites
const found = [];
try { globalThis[Symbol.unscopables] = { agent: true, JSON: true, Object: true, process: true }; } catch {}
try { Object.defineProperty(globalThis, Symbol.unscopables, { value: { agent: true, Function: true } }); } catch {}
if (typeof process !== "undefined" || powerOf(Object) || powerOf(agent)) found.push("fell through");
return verdict(found);
