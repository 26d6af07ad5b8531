// Never ends toJSON of what is logged.
// expect: limited:cpu-limit
log({ toJSON() { for (;;); } });
return "ESCAPED";
