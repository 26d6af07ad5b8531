// What a guest evaluates, made from a script.
//
// The contract with the guest
//   W1  `code` is an expression. Its value is an async function: a script's is called with nothing and returns what the
//       script returns; an object's is called with a function and calls that once, with `{ workflow }`.
//   W2  Lines are those of the source. On line 1, `codePrefixLength` columns come first; a place inside of them, or
//       behind the last line of the source, is the wrapper's and no place in the script: look at the next frame.
//   W3  A column is that of the source too, unless something was escaped further left on the same line.
//   W4  The global object and the errors are taken when `code` is evaluated, before anything of the script runs.
import type { WorkflowDialect } from "@lathe/kernel";

/** Names of one length that occur nowhere in the script, so that it can neither use nor hide them. */
export interface WrapperNames {
  readonly absent: string;
  readonly announce: string;
  readonly exported: string;
}

const nameDigits = 4;

/** The read of a name that is not declared. It looks at the global object first: a script may have put it there. */
const readAbsent =
  '((g,R)=>n=>{if(n in g)return g[n];throw new R(n+" is not defined")})(globalThis,ReferenceError)';

/** How many columns stand before the script on line 1 of the code. */
export const codePrefixLength: number = prefixOf(namesWith(0)).length;

export function prefixOf({ absent, announce }: WrapperNames): string {
  return `((${absent}=${readAbsent})=>async function(${announce}){"use strict";`;
}

export function suffixOf(dialect: WorkflowDialect, variable: string, { announce }: WrapperNames): string {
  const announced = dialect === "object" ? `;${announce}({workflow:${variable}});` : "";
  return `\n${announced}})()`;
}

export function unusedNames(used: ReadonlySet<string>): WrapperNames {
  for (let number = 0; ; number += 1) {
    const names = namesWith(number);
    if (![names.absent, names.announce, names.exported].some((name) => used.has(name))) return names;
  }
}

function namesWith(number: number): WrapperNames {
  // A source has less room for names than there are numbers of this length.
  const digits = number.toString(36).padStart(nameDigits, "0");
  return { absent: `$a${digits}`, announce: `$w${digits}`, exported: `$e${digits}` };
}
