// Writes let with an escape.
// expect: rejected
l\u0065t value = 1;
return "ESCAPED";
