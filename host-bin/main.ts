// The command line. Each command is a file of its own, loaded when it is asked for.
import { runCommandLine } from "./cli/command-line.ts";

process.exit(await runCommandLine(process.argv.slice(2), process.env, process.cwd()));
