// Opens a store, says so, and holds it until it is killed.
import { openTestStore } from "../test-store.ts";

await openTestStore(process.argv[2] ?? "");
console.log("open");
setInterval(() => undefined, 1_000);
