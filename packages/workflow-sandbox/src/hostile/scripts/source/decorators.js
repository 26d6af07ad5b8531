// Decorates a class.
// expect: rejected
@((target) => target) class Thing {}
return "ESCAPED";
