// Closes the function that it is put into.
// expect: rejected
log("inside"); });
return "ESCAPED";
