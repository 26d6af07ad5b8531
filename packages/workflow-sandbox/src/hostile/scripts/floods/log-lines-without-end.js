// Logs lines without end.
// expect: limited:cpu-limit
for (let at = 0; ; at++) log("line", at);
