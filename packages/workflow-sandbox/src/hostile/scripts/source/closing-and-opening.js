// Closes its function and opens another one.
// expect: rejected
return "safe"; }; (function () { return this;
