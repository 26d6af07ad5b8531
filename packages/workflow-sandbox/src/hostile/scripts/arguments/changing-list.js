// Changes the list that parallel was given while it runs.
// expect: safe
const thunks = [() => { thunks.length = 0; thunks.push(null, null, null, null); return 1; }, () => 2];
const list = await parallel(thunks);
return list.join() === "1,2" ? "safe" : "ESCAPED";
