// Reaches out by what an agent answered: text, objects, arrays within.
// expect: safe
// bites
const found = [];
const answers = [await agent("plain"), await agent('JSON:{"a":[{"b":1}],"c":null}'), await agent("JSON:[1,[2]]"), await agent("JSON:7"), await agent("JSON:true")];
for (const answer of answers) if (powerOf(answer)) found.push(typeof answer);
if (powerOf(answers[1].a) || powerOf(answers[1].a[0]) || powerOf(answers[2][1])) found.push("inner");
return verdict(found);
