// Declares something to dispose of asynchronously.
// expect: rejected
// bites
await using held = { async [Symbol.asyncDispose]() { log("x"); } };
return "ESCAPED";
