// Makes dates of odd values, none of which may be now.
// expect: safe
const found = [];
for (const value of [undefined, null, NaN, "", "now", "today", {}, [], -1, Symbol.iterator]) { try { if (Number(new Date(value)) > 1e9) found.push(String(value)); } catch {} }
const date = new Date(0);
for (const set of ["setTime", "setHours", "setFullYear", "setMinutes"]) { date[set](); if (Number(date) > 1e9) found.push(set); }
return verdict(found);
