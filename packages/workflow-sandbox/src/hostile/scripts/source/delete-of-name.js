// Deletes a name.
// expect: rejected
// bites
const local = 1;
delete local;
return "ESCAPED";
