// Changes the error of a host before it throws it on.
// expect: failed:script-error
try { await agent("ERR"); } catch (error) { error.message = { toString: () => "evil" }; error.name = 7; throw error; }
