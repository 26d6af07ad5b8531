// Yields at the top.
// expect: rejected
const got = yield 1;
return got;
