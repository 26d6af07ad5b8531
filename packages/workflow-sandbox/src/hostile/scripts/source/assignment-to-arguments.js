// Assigns to eval and arguments.
// expect: rejected
// bites
arguments = [];
eval = 1;
return "ESCAPED";
