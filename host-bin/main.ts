#!/usr/bin/env node
// The command line. Each command is a file of its own, loaded when it is asked for.
import { enableCompileCache } from "node:module";
import { cacheFolderOf } from "./config/folders.ts";

// Compiled code of the next start. Where the folder cannot be written, it goes without.
enableCompileCache(cacheFolderOf(process.env));
const { runCommandLine } = await import("./cli/command-line.ts");
process.exit(await runCommandLine(process.argv.slice(2), process.env, process.cwd()));
