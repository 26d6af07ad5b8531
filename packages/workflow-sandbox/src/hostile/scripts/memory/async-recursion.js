// Recurses by await without end.
// expect: failed | limited:memory-limit | limited:cpu-limit
const dive = async (list) => { await null; return [await dive([list, list, list]), list]; };
return await dive([]);
