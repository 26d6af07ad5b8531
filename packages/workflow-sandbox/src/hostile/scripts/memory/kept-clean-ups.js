// Keeps the heap just below its limit, so that it is cleaned without end.
// expect: failed | limited:memory-limit | limited:cpu-limit
const heap = [];
for (let at = 0; ; at++) { heap.push(`${at}`.repeat(2000).split("")); if (heap.length > 700) heap.splice(0, 20); }
