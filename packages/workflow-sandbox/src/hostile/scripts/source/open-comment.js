// Leaves a comment open to swallow what follows.
// expect: rejected
return "safe" /* left open
