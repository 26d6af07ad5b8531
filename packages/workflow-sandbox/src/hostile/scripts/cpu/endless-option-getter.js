// Never ends a getter in the options of an agent.
// expect: limited:cpu-limit
return await agent("x", { get label() { for (;;); } });
