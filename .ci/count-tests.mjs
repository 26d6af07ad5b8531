// Adds up the JSON reports of several Vitest runs and prints one line: "N passed, N failed, N skipped".
// A test file that does not load has no tests to count: it counts as one failure.

import { existsSync, readFileSync } from "node:fs";

let passed = 0;
let failed = 0;
let skipped = 0;
for (const path of process.argv.slice(2)) {
  if (!existsSync(path)) continue;
  const report = JSON.parse(readFileSync(path, "utf8"));
  passed += report.numPassedTests;
  failed += report.numFailedTests;
  skipped += report.numPendingTests + report.numTodoTests;
  for (const file of report.testResults) {
    if (file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"))
      failed += 1;
  }
}
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
