// Asks for the time zone and the language of the host.
// expect: safe
// bites
const date = new Date(1720000000000);
const found = [];
if (date.getTimezoneOffset() !== 0 || !/GMT\+0000/.test(date.toString())) found.push("zone");
if (new Date(2024, 5, 1).getTime() !== Date.UTC(2024, 5, 1)) found.push("local");
if ("i".toLocaleUpperCase("tr") !== "I" || (1234567.891).toLocaleString("de") !== (1234567.891).toLocaleString("en")) found.push("language");
if (date.toLocaleString("de") !== date.toLocaleString("ar")) found.push("dates");
return verdict(found);
