// Leaves a regular expression open.
// expect: rejected
return /left open
