// Uses the keyword for accessors that future engines know.
// expect: rejected
class Thing { static accessor value = 1; }
return "ESCAPED";
