// Returns a function.
// expect: returned
return () => 1;
