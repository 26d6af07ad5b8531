// Declares something to dispose of.
// expect: rejected
// bites
using held = { [Symbol.dispose]() { log("x"); } };
return "ESCAPED";
