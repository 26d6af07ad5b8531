// Reads the command line, finds the command, runs it, and answers with the exit code.
import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import { FlagError } from "../config/config-error.ts";
import { exitCodes } from "../exit-codes.ts";
import type { EnvironmentVariables } from "../powers/environment.ts";
import { version } from "../version.ts";
import { type Command, UsageError } from "./command.ts";
import { commandList } from "./command-list.ts";
import { printError, printLine, printTrouble } from "./terminal.ts";

const commonOptions: ParseArgsOptionsConfig = {
  state: { type: "string" },
  help: { type: "boolean", short: "h" },
};

export async function runCommandLine(
  argv: readonly string[],
  environment: EnvironmentVariables,
  cwd: string,
): Promise<number> {
  process.stdout.on("error", ignoreClosedPipe);
  process.stderr.on("error", ignoreClosedPipe);
  const [name = "help", ...rest] = argv;
  try {
    if (name === "help" || name === "--help" || name === "-h") return await printHelp(rest[0]);
    if (name === "version" || name === "--version" || name === "-v") return printVersion();
    const entry = Object.hasOwn(commandList, name) ? commandList[name] : undefined;
    if (entry === undefined) throw new UsageError(`There is no command "${name}".`);
    return await runCommand(name, await entry.load(), { argv: rest, environment, cwd });
  } catch (failure) {
    return await explain(failure);
  }
}

interface Given {
  readonly argv: readonly string[];
  readonly environment: EnvironmentVariables;
  readonly cwd: string;
}

async function runCommand(name: string, command: Command, given: Given): Promise<number> {
  const { values, positionals } = parse(name, command, given.argv);
  if (values.help === true) {
    printLine(usageOf(name, command));
    return exitCodes.ok;
  }
  refuseCount(name, command, positionals.length);
  const { environment, cwd } = given;
  return await command.run({ options: values, positionals, environment, cwd });
}

function parse(
  name: string,
  command: Command,
  argv: readonly string[],
): { values: Record<string, string | boolean | undefined>; positionals: string[] } {
  try {
    const options = { ...commonOptions, ...command.options };
    const parsed = parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
    return parsed as ReturnType<typeof parse>;
  } catch (cause) {
    throw new UsageError(`${problemOf(cause)}\n${usageOf(name, command)}`);
  }
}

/** The parser's own sentences give advice that does not fit here, over several lines. */
function problemOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  const unknown = /^Unknown option '(.+?)'\. /s.exec(message)?.[1];
  if (unknown !== undefined)
    return `There is no option ${unknown}. A text that begins with a dash goes after "--".`;
  const ambiguous = /^Option '(.+?)' argument is ambiguous/.exec(message)?.[1];
  if (ambiguous !== undefined)
    return `${ambiguous} needs a value. One that begins with a dash is written ${ambiguous}=VALUE.`;
  return message.endsWith(".") ? message : `${message}.`;
}

function refuseCount(name: string, command: Command, count: number): void {
  const { min, max } = command.positionals;
  if (count >= min && count <= max) return;
  const problem =
    count < min
      ? "The prompt is missing."
      : max === 0
        ? `lathe ${name} takes options only.`
        : "There are too many arguments. Put quotes around text.";
  throw new UsageError(`${problem}\n${usageOf(name, command)}`);
}

async function printHelp(name: string | undefined): Promise<number> {
  if (name !== undefined && !name.startsWith("-")) {
    const entry = Object.hasOwn(commandList, name) ? commandList[name] : undefined;
    if (entry === undefined) throw new UsageError(`There is no command "${name}".`);
    printLine(usageOf(name, await entry.load()));
    return exitCodes.ok;
  }
  const names = Object.keys(commandList);
  const width = Math.max(...names.map((one) => one.length));
  const lines = names.map((one) => `  ${one.padEnd(width)}  ${commandList[one]?.summary}`);
  lines.push(`  ${"help".padEnd(width)}  Explains a command: lathe help run`);
  lines.push(`  ${"version".padEnd(width)}  Prints the version.`);
  printLine(`Usage: lathe <command> [options]\n\n${lines.join("\n")}\n`);
  printLine("Every command takes --state DIR and --help.");
  return exitCodes.ok;
}

function printVersion(): number {
  printLine(version);
  return exitCodes.ok;
}

function usageOf(name: string, { usage }: Command): string {
  return `Usage: lathe ${name} ${usage}`.trimEnd();
}

async function explain(failure: unknown): Promise<number> {
  if (!(failure instanceof UsageError) && !(failure instanceof FlagError)) {
    // Loaded with what has failed, mostly; a wrong command line is answered without it.
    const { failureSentence } = await import("./failure-sentence.ts");
    printTrouble(failureSentence(failure));
    return exitCodes.failed;
  }
  printError(failure.message);
  if (failure instanceof FlagError) return exitCodes.usage;
  if (!failure.message.includes("Usage: ")) printError("Run: lathe help");
  return exitCodes.usage;
}

/** Whoever reads what is printed may have seen enough; that is no reason to end. */
function ignoreClosedPipe(cause: NodeJS.ErrnoException): void {
  if (cause.code !== "EPIPE") throw cause;
}
