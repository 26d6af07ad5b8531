// Resolves with thenables without end.
// expect: limited:cpu-limit | limited:memory-limit
const thenable = { then(resolve) { resolve(thenable); } };
return await thenable;
