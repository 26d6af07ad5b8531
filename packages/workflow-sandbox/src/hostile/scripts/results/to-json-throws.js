// Returns what throws when it is written.
// expect: failed:invalid-result
return { toJSON() { throw new Error("not me"); } };
