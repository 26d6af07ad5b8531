// Returns a text of three megabytes.
// expect: failed:invalid-result
return "r".repeat(3e6);
