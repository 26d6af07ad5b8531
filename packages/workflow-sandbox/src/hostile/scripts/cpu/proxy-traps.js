// Never ends a trap that JSON calls.
// expect: limited:cpu-limit
return JSON.stringify(new Proxy({}, { ownKeys() { for (;;); } }));
