// Calls after it has returned.
// expect: safe
(async () => { for (let at = 0; at < 1000; at++) { await null; try { agent("late").catch(() => 0); log("late"); phase("late"); } catch {} } })();
return "safe";
