// Returns a million items.
// expect: failed:invalid-result
return Array.from({ length: 1e6 }, (_, at) => at);
