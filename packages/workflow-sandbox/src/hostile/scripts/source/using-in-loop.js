// Disposes of things in the head of a loop.
// expect: rejected
// bites
for (using held of [null]) log("x");
return "ESCAPED";
