// Returns a thenable that never settles.
// expect: failed:never-ends
return { then() {} };
