// Asks what says that it is 2^53 long for a value.
// expect: limited:cpu-limit
return Array.prototype.includes.call({ length: 2 ** 53 - 1 }, 1);
