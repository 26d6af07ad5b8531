// Says import( and import ( in texts, which keep their meaning.
// expect: safe
const texts = ["import('x')", `import ("x") ${1} import("y")`, "import.meta", 'export * from "x"'];
const pattern = /import\s*\(/;
const holder = { import: (value) => value, "import(": 2 };
const right = texts[0].length === 11 && texts[1] === `imp${""}ort ("x") 1 imp${""}ort("y")` && pattern.test(texts[0]) && holder.import(3) === 3 && holder["import("] === 2;
const echoed = await agent("import('node:fs')");
return verdict(right && echoed === "echo:imp" + "ort('node:fs')" ? [] : ["meaning changed"]);
