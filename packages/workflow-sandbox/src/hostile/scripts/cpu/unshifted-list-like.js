// Puts something before what says that it is 2^53 long.
// expect: limited:cpu-limit
return Array.prototype.unshift.call({ length: 2 ** 53 - 3 }, 1);
