// Writes types, which only other parsers know.
// expect: rejected
const value: number = 1;
return "ESCAPED";
