// Returns a key of two megabytes.
// expect: failed:invalid-result
return { ["k".repeat(2e6)]: 1 };
