// Reads HTML comments as script parsers do.
// expect: safe | rejected
let less = 1, more = 2, reached = 0;
if (less <!--more) reached = 1;
return reached <= 1 ? "safe" : "ESCAPED";
