// Throws a symbol.
// expect: failed:script-error
throw Symbol("thrown");
