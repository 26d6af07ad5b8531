// Writes return with an escape.
// expect: rejected
r\u0065turn "ESCAPED";
