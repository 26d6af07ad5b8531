// The helper process: does one job with a store, and says how it goes, one JSON line each.
import type { CareJob, CareMessage } from "./care-jobs.ts";
import { doCareJob } from "./do-care-job.ts";

const write = (message: CareMessage, written?: () => void): void => {
  process.stdout.write(`${JSON.stringify(message)}\n`, written);
};

// What lmdb makes itself is for this user alone.
process.umask(0o077);
// Whoever started it is gone: it must not keep the store for itself. There is nothing to be tidied up.
process.stdin.on("close", () => process.kill(process.pid, "SIGKILL")).resume();

const job = JSON.parse(process.argv[2] ?? "") as CareJob;
const end = await doCareJob(job, (progress) => write({ kind: "progress", progress }));
write(end, () => process.exit());
