// `lathe state`: the store as a whole.
import type { StateBackup, StatePrune, StateStatus, StateVerification } from "@lathe/wire";
import { stateStatus } from "@lathe/wire/operations";
import { exitCodes } from "../exit-codes.ts";
import { type Command, type CommandCall, isSet, UsageError } from "./command.ts";
import { backUpState, compactState, pruneState, verifyState } from "./state/care.ts";
import { sizeText } from "./state/show-progress.ts";
import { StopSignals } from "./stop-signals.ts";
import { tableLines } from "./table.ts";
import { printJson, printLine, safeText } from "./terminal.ts";
import { withDaemon } from "./with-daemon.ts";

export const state: Command = {
  usage: `backup FOLDER [--as-is] [--json] [--state DIR]
       lathe state verify [FOLDER] [--json]
       lathe state compact [--json]
       lathe state prune [--json]
       lathe state status [--json]

  --as-is  copies free pages too: faster, larger, and what was deleted may be in it
  --json   prints the answer as JSON

backup copies the store to a folder that is absent or empty, also while the daemon runs, and reads the copy back.
verify reads every row and blob, of the store or of a backup in FOLDER, and says what is damaged.
compact gives the space of what was deleted back to the disk; stop the daemon before.
prune removes what is too old or too much by the rules of each extension.
Ends with 0, with 1 where it did not work or something is damaged, and with 130 when it was interrupted.`,
  options: { "as-is": { type: "boolean" }, json: { type: "boolean" } },
  positionals: { min: 0, max: 2 },
  run: runVerb,
};

interface Verb {
  readonly folder: "needed" | "possible" | "none";
  readonly run: (call: CommandCall, folder: string | undefined, stop: AbortSignal) => Promise<number>;
}

const verbs: Readonly<Record<string, Verb>> = {
  backup: {
    folder: "needed",
    run: async (call, folder = "", stop) =>
      report(call, await backUpState(call, folder, { compact: !isSet(call, "as-is"), stop }), backupLines),
  },
  verify: {
    folder: "possible",
    run: async (call, folder, stop) => {
      const verification = await verifyState(call, folder, stop);
      report(call, verification, verificationLines);
      return verification.findingCount === 0 ? exitCodes.ok : exitCodes.failed;
    },
  },
  compact: {
    folder: "none",
    run: async (call, _folder, stop) =>
      report(call, await compactState(call, stop), ({ beforeBytes, afterBytes, rowCount }) => [
        `The store had ${sizeText(beforeBytes)} and has ${sizeText(afterBytes)}. All ${rowCount} rows are there.`,
      ]),
  },
  prune: {
    folder: "none",
    run: async (call, _folder, stop) => {
      const pruned = await pruneState(call, stop);
      report(call, pruned, pruneLines);
      return pruned.items.every(({ failure }) => failure === null) ? exitCodes.ok : exitCodes.failed;
    },
  },
  status: {
    folder: "none",
    run: async (call) =>
      report(call, await withDaemon(call, (client) => client.call(stateStatus)), statusLines),
  },
};

async function runVerb(call: CommandCall): Promise<number> {
  const [name = "", folder] = call.positionals;
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (verb === undefined)
    throw new UsageError(
      `Say what to do with the state: lathe state ${Object.keys(verbs).join(", lathe state ")}.`,
    );
  if (verb.folder === "needed" && folder === undefined)
    throw new UsageError(`Say where to: lathe state ${name} FOLDER`);
  if (verb.folder === "none" && folder !== undefined)
    throw new UsageError(`lathe state ${name} takes options only.`);
  const stop = new AbortController();
  const signals = new StopSignals();
  void signals.first().then(() => stop.abort());
  try {
    return await verb.run(call, folder, stop.signal);
  } catch (failure) {
    if (signals.exitCode !== undefined) return signals.exitCode;
    throw failure;
  }
}

function report<T extends object>(
  call: CommandCall,
  answer: T,
  linesOf: (answer: T) => readonly string[],
): number {
  if (isSet(call, "json")) printJson(answer);
  else for (const line of linesOf(answer)) printLine(safeText(line));
  return exitCodes.ok;
}

function backupLines({ folder, fileBytes, rowCount, blobCount, tookMs }: StateBackup): string[] {
  return [
    `Copied to ${folder}: ${sizeText(fileBytes)} with ${rowCount} rows and ${blobCount} blobs, in ${seconds(tookMs)}.`,
    "Its copy was read back, and all of it is whole.",
  ];
}

function verificationLines(verification: StateVerification): string[] {
  const { rowCount, blobCount, valueBytes, findingCount, findings, tookMs } = verification;
  const read = `${rowCount} rows and ${blobCount} blobs with ${sizeText(valueBytes)} were read in ${seconds(tookMs)}.`;
  if (findingCount === 0) return [read, "Nothing is damaged."];
  const more = findingCount > findings.length ? [`... and ${findingCount - findings.length} more.`] : [];
  return [read, `Damaged (${findingCount}):`, ...findings.map(oneLine), ...more];
}

function oneLine({ where, problem }: StateVerification["findings"][number]): string {
  return `  ${where}: ${problem}`.replaceAll("\n", " ");
}

function pruneLines({ items }: StatePrune): string[] {
  if (items.length === 0) return ["No extension keeps anything that could be pruned."];
  return tableLines(
    items.map(({ name, removedCount, freedBytes, failure }) => [
      name,
      `${removedCount} removed`,
      sizeText(freedBytes),
      failure ?? "",
    ]),
  );
}

function statusLines(status: StateStatus): string[] {
  const { activity, lastVerification: last } = status;
  return tableLines([
    ["store", `${sizeText(status.fileBytes)}, of which ${sizeText(status.usedBytes)} are used`],
    ["bound", status.usedBytesMax === null ? "none" : sizeText(status.usedBytesMax)],
    [
      "disk",
      `${sizeText(status.freeBytes)} of ${sizeText(status.diskBytes)} free: ${spaceWords[status.space]}`,
    ],
    [
      "verified",
      last === null ? "not yet" : `${new Date(last.atMs).toISOString()}, ${last.findingCount} damaged`,
    ],
    ["now", activity === null ? "nothing" : activity.kind],
  ]);
}

const spaceWords = {
  enough: "enough",
  low: "make space before writes are refused",
  full: "nothing is written until there is space",
};

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
