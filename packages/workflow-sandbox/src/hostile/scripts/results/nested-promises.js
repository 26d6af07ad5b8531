// Returns promises of promises.
// expect: returned
return Promise.resolve(new Promise((resolve) => resolve((async () => ({ a: await agent("x") }))())));
