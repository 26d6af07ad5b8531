// Maps each item to a huge list.
// expect: failed | limited:memory-limit | limited:cpu-limit
return [1, 2, 3, 4, 5, 6].flatMap(() => new Array(2 ** 25).fill(7)).length;
