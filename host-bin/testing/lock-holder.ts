// A process that tries to take the lock of a state folder at a given moment, says how that went, and then stays.
import { takeStateLock } from "../daemon/state-lock.ts";

const [stateFolder = "", startAtMs = "0"] = process.argv.slice(2);
// All of them begin in the same moment: waiting here would let the first one win.
while (Date.now() < Number(startAtMs)) Atomics.pause();
try {
  takeStateLock(stateFolder);
  process.stdout.write("held\n");
} catch (failure) {
  process.stdout.write(`${failure instanceof Error && "code" in failure ? failure.code : failure}\n`);
}
setInterval(() => undefined, 60_000);
