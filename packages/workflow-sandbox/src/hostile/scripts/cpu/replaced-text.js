// Replaces in long texts with longer ones.
// expect: limited:cpu-limit | limited:memory-limit | failed
return "a".repeat(2 ** 25).replaceAll("a", (found, at) => found + at).length;
