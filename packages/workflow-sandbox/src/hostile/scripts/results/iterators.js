// Returns generators and iterators.
// expect: returned
return [(function* () { yield 1; })(), (async function* () {})(), [1].values()];
