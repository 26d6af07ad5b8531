// Returns what is nested two hundred deep.
// expect: failed:invalid-result
let value = [];
for (let at = 0; at < 200; at++) value = [value];
return value;
