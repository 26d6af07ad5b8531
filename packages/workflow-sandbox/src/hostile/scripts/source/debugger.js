// Stops in a debugger.
// expect: rejected
// bites
debugger;
return "ESCAPED";
