// Begins lines with parentheses and brackets, which must not join what stands before them.
// expect: safe
const one = notThere;
function notThereYet() {}
var notThere
;(function () { return 1; })()
;[1].map((x) => x)
return "safe";
