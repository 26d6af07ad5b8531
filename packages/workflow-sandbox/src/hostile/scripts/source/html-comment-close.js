// Begins a line with what closes an HTML comment.
// expect: safe | rejected
let count = 1, hidden = 0;
count
--> (hidden = 5);
return hidden === 0 || hidden === 5 ? "safe" : "ESCAPED";
