// Returns a symbol.
// expect: returned
return Symbol("s");
