// Throws what throws when it is read.
// expect: failed:script-error
throw { get name() { throw 1; }, get message() { throw 2; }, get stack() { throw 3; }, get cause() { throw 4; }, toString() { throw 5; }, [Symbol.toPrimitive]() { throw 6; } };
