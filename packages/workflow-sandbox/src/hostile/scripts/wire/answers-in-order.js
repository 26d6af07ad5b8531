// Mixes calls of every kind, whose answers must not be mixed.
// expect: safe
const right = await Promise.all(Array.from({ length: 60 }, (_, at) => at % 3 === 0 ? agent(`a${at}`).then((x) => x === `echo:a${at}`) : at % 3 === 1 ? workflow(`w${at}`).then((x) => x === `w${at}`) : approve(`q${at}`).then((x) => x === "yes")));
return verdict(right.every(Boolean) ? [] : ["mixed up"]);
