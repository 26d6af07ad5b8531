// Returns numbers that JSON does not know.
// expect: returned
return [NaN, Infinity, -Infinity, -0];
