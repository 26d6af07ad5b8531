// Throws nothing.
// expect: failed:script-error
throw undefined;
