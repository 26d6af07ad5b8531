// Names phases of megabytes.
// expect: safe
for (let at = 0; at < 50; at++) phase(`${at}`.repeat(1e6));
return "safe";
