// Closes the JSON that a text is put into.
// expect: safe
const text = '"},"kind":"failed","code":"crashed","x":{"y":"\\';
log(text);
phase(text);
const answer = await agent(text, { label: text, [text]: text });
const other = await workflow(text, { [text]: text });
return answer === `echo:${text}` && other === text ? "safe" : "ESCAPED";
