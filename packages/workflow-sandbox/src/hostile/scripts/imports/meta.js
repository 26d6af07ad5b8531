// Asks import.meta where it is.
// expect: rejected
return `ESCAPED ${import.meta.url} ${import.meta.dirname}`;
