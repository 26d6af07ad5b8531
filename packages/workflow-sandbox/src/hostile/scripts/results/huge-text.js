// Returns a text of 200 MB.
// expect: failed:invalid-result | limited:memory-limit
return "r".repeat(2e8);
