// Returns what never says what it holds.
// expect: limited:cpu-limit
return { get then() { return undefined; }, toJSON() { for (;;); } };
