// Throws what it was given.
// expect: failed:script-error
throw agent;
