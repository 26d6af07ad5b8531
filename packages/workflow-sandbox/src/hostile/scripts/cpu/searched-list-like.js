// Searches what says that it is 2^53 long.
// expect: limited:cpu-limit
return Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1);
