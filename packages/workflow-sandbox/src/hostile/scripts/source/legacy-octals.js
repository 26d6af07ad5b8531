// Writes numbers and escapes that strict code does not know.
// expect: rejected
// bites
return 010 + "\07" ? "ESCAPED" : "ESCAPED";
