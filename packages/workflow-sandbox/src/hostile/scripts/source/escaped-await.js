// Writes await with an escape.
// expect: rejected
return \u0061wait agent("x");
