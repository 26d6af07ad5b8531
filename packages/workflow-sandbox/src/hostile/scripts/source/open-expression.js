// Leaves an expression of a template open.
// expect: rejected
return `${(() => {
