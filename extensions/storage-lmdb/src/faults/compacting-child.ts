// Compacts a store: to be killed.
import { compactStore } from "../edge/compact-store.ts";
import { quietly } from "../test-store.ts";

console.log("begun");
await compactStore(process.argv[2] ?? "", quietly);
console.log("done");
