// Asks for other modes of the language.
// expect: safe
// bites
"use sloppy";
"use asm";
function run() { "use strict"; return this; }
return run() === undefined && (function () { return this; })() === undefined ? "safe" : "ESCAPED";
