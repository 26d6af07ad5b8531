// Returns what is written as a function.
// expect: returned
return { toJSON: () => agent };
