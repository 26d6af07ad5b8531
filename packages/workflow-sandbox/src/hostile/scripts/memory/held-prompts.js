// Asks a thousand agents at once with the largest prompts.
// expect: limited
const prompt = "p".repeat(200 * 1024);
return (await Promise.all(Array.from({ length: 1000 }, (_, at) => agent(prompt.slice(4) + String(at).padStart(4))))).length;
