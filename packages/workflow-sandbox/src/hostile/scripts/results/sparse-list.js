// Returns a list of four billion holes.
// expect: failed:invalid-result | limited:memory-limit | limited:cpu-limit
return new Array(2 ** 32 - 1);
