// Clones errors and looks at what comes back.
// expect: safe
// bites
const found = [];
const error = new TypeError("x", { cause: agent });
error.extra = { a: 1 };
let copy;
try { copy = structuredClone(error); } catch (refused) { copy = refused; }
if (powerOf(copy) || copy.cause === agent || !(copy instanceof Error) || /node:|\//.test(String(copy.stack))) found.push("clone");
return verdict(found);
