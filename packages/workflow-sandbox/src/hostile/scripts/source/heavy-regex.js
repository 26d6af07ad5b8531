// Writes a regular expression that is slow to compile.
// expect: safe | limited:cpu-limit | limited:memory-limit | rejected:script-too-complex
const pattern = /(?:(?:(?:(?:a{1,60}){1,60}){1,60}b{1,60}){1,60}c?){1,60}$/;
pattern.test("aabc");
return "safe";
