// Returns what is nested two hundred thousand deep.
// expect: failed:invalid-result
let value = [];
for (let at = 0; at < 2e5; at++) value = [value];
return value;
