// Asks agents while its result is written.
// expect: returned | failed:invalid-result
return { get value() { agent("late").catch(() => 0); log("late"); phase("late"); return 1; } };
