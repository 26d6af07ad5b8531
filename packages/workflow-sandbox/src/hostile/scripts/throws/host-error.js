// Throws the error of a host on.
// expect: failed:script-error
await agent("ERR");
