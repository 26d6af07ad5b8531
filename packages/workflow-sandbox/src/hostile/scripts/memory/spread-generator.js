// Spreads a generator that never ends into a call.
// expect: failed | limited:memory-limit | limited:cpu-limit
return Math.max(...(function* () { for (let at = 0; ; at++) yield at; })());
