// Opens a scope with with.
// expect: rejected
// bites
with (globalThis) { log("x"); }
return "ESCAPED";
