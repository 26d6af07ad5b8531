// Asks for new.target at the top.
// expect: safe | rejected
return new.target === undefined ? "safe" : "ESCAPED";
