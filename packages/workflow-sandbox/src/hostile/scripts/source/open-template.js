// Leaves a template open to swallow what follows.
// expect: rejected
return `left open
