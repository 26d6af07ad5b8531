// Throws a bigint.
// expect: failed:script-error
throw 10n ** 400n;
