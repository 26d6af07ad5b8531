// `lathe workflows`: scripts that start agents.
import { type Command, type CommandCall, UsageError } from "./command.ts";
import { checkWorkflow, listWorkflows, showWorkflow } from "./workflows-library.ts";
import { resumeWorkflow, runWorkflow } from "./workflows-run.ts";
import { approveRun, cancelRun, showCache, showStatus } from "./workflows-runs.ts";

export const workflows: Command = {
  usage: `[list] [--cwd DIR] [--json] [--state DIR]
       lathe workflows show NAME [--cwd DIR] [--json]
       lathe workflows check FILE|NAME [--cwd DIR] [--json]
       lathe workflows run NAME|FILE [ARGUMENTS] [--budget TOKENS] [--budget-usd USD] [--dry] [--fresh]
                       [--resume-from RUN] [--cwd DIR] [--yes] [--json]
       lathe workflows resume RUN [--budget TOKENS] [--budget-usd USD] [--dry] [--fresh] [--cwd DIR] [--yes] [--json]
       lathe workflows status RUN [--json]
       lathe workflows cancel RUN [--json]
       lathe workflows cache RUN [--json]
       lathe workflows cache --clear [NAME] [--json]
       lathe workflows approve RUN [APPROVAL] --yes | --no | --answer JSON [--json]

  NAME               a workflow of .lathe/workflows or .claude/workflows here, above or at home, or a built-in one
  FILE               a path that ends in .js or .mjs, or holds a slash
  ARGUMENTS          one JSON value, one text, or key=value pairs, whose values may be JSON; or --args JSON, --args-file FILE
  --cwd DIR          where its agents work, and where names are looked up; the current folder where absent
  --budget TOKENS    ends it when so many tokens are used, such as 200000 or 200k
  --budget-usd USD   the same for money, as far as prices are known
  --dry              answers agents with made-up values, and spends nothing
  --fresh            asks every agent, whatever is stored
  --resume-from RUN  takes what the agents of that run have answered
  --yes              starts without a question; with approve, the answer true
  --json             prints the API's answer; with run and resume, each event as one line

run and resume show what is about to happen in a terminal, and ask. Then they follow the run: its result is printed as
JSON at the end. Ctrl-C stops it. check tells what is wrong without running anything. List runs with:
lathe runs --kind workflow
Ends with 0, with 1 where a workflow cannot be run or its run did not succeed, 2 for a wrong command line, 130 when it was
interrupted.`,
  options: {
    cwd: { type: "string" },
    json: { type: "boolean" },
    args: { type: "string" },
    "args-file": { type: "string" },
    budget: { type: "string" },
    "budget-usd": { type: "string" },
    dry: { type: "boolean" },
    fresh: { type: "boolean" },
    "resume-from": { type: "string" },
    yes: { type: "boolean" },
    no: { type: "boolean" },
    clear: { type: "boolean" },
    answer: { type: "string" },
  },
  positionals: { min: 0, max: 100 },
  run: (call) => {
    const [name = "list", ...words] = call.positionals;
    const verb = verbs.get(name);
    if (verb === undefined)
      throw new UsageError(
        `There is no "lathe workflows ${name}". There are ${[...verbs.keys()].join(", ")}.`,
      );
    refuseOptions(call, name, verb);
    return verb.run(call, words);
  },
};

interface Verb {
  readonly run: (call: CommandCall, words: readonly string[]) => Promise<number>;
  /** Besides `--json` and `--state`. */
  readonly options: readonly string[];
}

const launchOptions = ["cwd", "budget", "budget-usd", "dry", "fresh", "yes"];

const verbs: ReadonlyMap<string, Verb> = new Map<string, Verb>([
  ["list", { run: listWorkflows, options: ["cwd"] }],
  ["show", { run: showWorkflow, options: ["cwd"] }],
  ["check", { run: checkWorkflow, options: ["cwd"] }],
  ["run", { run: runWorkflow, options: [...launchOptions, "args", "args-file", "resume-from"] }],
  ["status", { run: showStatus, options: [] }],
  ["cancel", { run: cancelRun, options: [] }],
  ["resume", { run: resumeWorkflow, options: launchOptions }],
  ["cache", { run: showCache, options: ["clear"] }],
  ["approve", { run: approveRun, options: ["answer", "yes", "no"] }],
]);

function refuseOptions({ options }: CommandCall, name: string, verb: Verb): void {
  const taken = ["json", "state", ...verb.options];
  const other = Object.keys(options).find((option) => !taken.includes(option));
  if (other !== undefined) throw new UsageError(`"lathe workflows ${name}" takes no --${other}.`);
}
