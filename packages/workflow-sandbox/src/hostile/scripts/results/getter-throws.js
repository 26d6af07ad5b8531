// Returns what throws when it is read.
// expect: failed:invalid-result
return { get value() { throw { message: 1, name: {} }; } };
