// Returns a bigint within an object.
// expect: failed:invalid-result
return { value: 1n };
