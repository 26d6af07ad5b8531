// Returns out of a static block.
// expect: rejected
class Thing { static { return; } }
return "ESCAPED";
