// Matches a pattern that backtracks without end.
// expect: limited:cpu-limit
return /^(?:(?:x+x+)+y|(?:x|xx)+z)$/.test("x".repeat(5000));
