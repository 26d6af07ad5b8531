// Returns a text that is short in characters and long in bytes.
// expect: failed:invalid-result
return "\u4e2d".repeat(5e5);
