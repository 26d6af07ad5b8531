// Never ends the length of a list for parallel.
// expect: limited:cpu-limit
return await parallel(new Proxy([], { get(_, key) { if (key === "length") for (;;); } }));
