// The workflows that are measured. What tells one run from another is in `args`, so that all runs have one script.

/** Agents one after the other. */
export const oneByOne: string = scriptOf(`
  for (let index = 0; index < args.agentCount; index += 1) await agent(\`Say something. \${args.name} \${index}\`);
  return args.agentCount;
`);

/** Agents side by side, as many as may. */
export const sideBySide: string = scriptOf(`
  const thunks = Array.from({ length: args.agentCount }, (_, index) => () => agent(\`Say something. \${args.name} \${index}\`));
  const answers = await parallel(thunks);
  return answers.filter((answer) => answer !== null).length;
`);

/** One agent that is never answered, after so many that are. */
export const waiting: string = scriptOf(`
  const thunks = Array.from({ length: args.agentCount }, (_, index) => () => agent(\`Say something. \${args.name} \${index}\`));
  await parallel(thunks);
  return agent("Wait.", { model: "scripted/held" });
`);

function scriptOf(body: string): string {
  return `export const meta = { name: "bench", description: "Measured." };\n${body}`;
}
