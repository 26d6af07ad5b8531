// Fills one list that is larger than the heap.
// expect: failed | limited:memory-limit | limited:cpu-limit
return new Array(2 ** 27).fill(0).length;
