// Throws a function whose text is long.
// expect: failed:script-error
throw Object.assign(() => "x".repeat(10), { message: () => 1, toString: () => { throw 1; } });
