// Matches a pattern with references and look-behind that backtracks.
// expect: limited:cpu-limit
return /^(a+)(?:\1|a)+(?<!b)$(?<=c)/.test("a".repeat(3000));
