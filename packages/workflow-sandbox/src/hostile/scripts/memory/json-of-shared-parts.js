// Writes as JSON what doubles at each of sixty levels.
// expect: failed | limited:cpu-limit | limited:memory-limit
let value = "x";
for (let at = 0; at < 60; at++) value = [value, value];
return JSON.stringify(value).length;
