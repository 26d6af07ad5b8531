// Returns numbers that no double can hold.
// expect: returned | failed:invalid-result
return { number: JSON.rawJSON ? JSON.rawJSON("1e999") : 1 };
