// Logs a proxy that never says what its prototype is.
// expect: limited:cpu-limit
log(new Proxy({}, { getPrototypeOf() { for (;;); } }));
return "ESCAPED";
