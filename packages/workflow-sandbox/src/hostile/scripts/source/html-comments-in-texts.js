// Keeps the marks of HTML comments in texts what they are.
// expect: safe
const texts = ["<!-- a -->", `<!-- ${1} -->`, "--" + ">"];
const pattern = /<!--|-->/;
const right = texts[0].length === 10 && texts[1].length === 10 && texts[0].endsWith(texts[2]) && pattern.test(texts[0]) && (await agent("<!-- x -->")) === "echo:<!" + "-- x --" + ">";
return verdict(right ? [] : ["meaning changed"]);
