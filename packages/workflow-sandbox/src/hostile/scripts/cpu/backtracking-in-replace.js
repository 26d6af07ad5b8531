// Replaces by a pattern that backtracks.
// expect: limited:cpu-limit | limited:memory-limit
return "a,".repeat(5000).replace(/(?:[^,]*,?)*;/g, "").length;
