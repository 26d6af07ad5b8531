// Returns what holds itself.
// expect: failed:invalid-result
const value = {};
value.value = value;
return value;
