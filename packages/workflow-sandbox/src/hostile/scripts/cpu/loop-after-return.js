// Goes on with work after it has returned.
// expect: safe | limited:cpu-limit
Promise.resolve().then(async () => { for (;;) await null; });
return "safe";
