// Reverses what says that it is 2^53 long.
// expect: limited:cpu-limit
return Array.prototype.reverse.call({ length: 2 ** 53 - 1 });
