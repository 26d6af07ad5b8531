// Parses a date of a hundred million characters.
// expect: safe | failed | limited:cpu-limit | limited:memory-limit
Date.parse("(".repeat(2 ** 26));
Date.parse(`2020-01-01T${"0".repeat(2 ** 26)}`);
return "safe";
