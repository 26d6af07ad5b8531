// Constructs a class that extends null.
// expect: failed:script-error
class Nothing extends null { constructor() { super(); } }
new Nothing();
