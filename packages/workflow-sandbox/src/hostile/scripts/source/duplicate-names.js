// Declares one name twice.
// expect: rejected
const twice = 1;
const twice = 2;
return "ESCAPED";
