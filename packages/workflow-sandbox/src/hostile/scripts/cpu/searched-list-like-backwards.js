// Searches backwards what says that it is 2^53 long.
// expect: limited:cpu-limit
return Array.prototype.lastIndexOf.call({ length: 2 ** 53 - 1 }, 1);
