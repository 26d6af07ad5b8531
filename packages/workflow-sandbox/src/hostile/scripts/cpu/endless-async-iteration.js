// Iterates asynchronously without end.
// expect: limited:cpu-limit | limited:memory-limit
async function* count() { for (let at = 0; ; at++) yield at; }
let sum = 0;
for await (const one of count()) sum += one;
return sum;
