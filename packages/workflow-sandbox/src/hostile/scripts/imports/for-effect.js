// Imports for the effect only.
// expect: rejected
import "node:process";
return "ESCAPED";
