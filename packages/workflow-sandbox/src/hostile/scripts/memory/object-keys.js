// Grows an object key by key.
// expect: failed | limited:memory-limit | limited:cpu-limit
const object = {};
for (let at = 0; ; at++) object[`key${at}${"y".repeat(50)}`] = at;
