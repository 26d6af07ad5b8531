// Returns a thenable that rejects oddly.
// expect: failed:script-error
return { then(_, reject) { reject({ get message() { throw 1; } }); } };
