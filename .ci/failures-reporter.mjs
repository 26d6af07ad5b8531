// A Vitest reporter that writes what went wrong to the file named by CI_FAILURES: failed tests, files that do not
// load, and errors that no test caught. Those last make a run fail in which every test passed.

import { appendFileSync } from "node:fs";

export default class FailuresReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const lines = [];
    for (const module of modules) {
      for (const error of module.errors()) lines.push(told(module.relativeModuleId, "", error));
      for (const suite of module.children.allSuites())
        for (const error of suite.errors()) lines.push(told(module.relativeModuleId, suite.fullName, error));
      for (const test of module.children.allTests("failed"))
        for (const error of test.result().errors)
          lines.push(told(module.relativeModuleId, test.fullName, error));
    }
    for (const error of unhandledErrors)
      lines.push(told(error.VITEST_TEST_PATH ?? "(no file)", "not caught by any test", error));
    if (lines.length > 0) appendFileSync(process.env.CI_FAILURES, `${lines.join("\n\n")}\n`);
  }
}

function told(file, name, error) {
  const text = error.stack?.includes(error.message) ? error.stack : `${error.message}\n${error.stack ?? ""}`;
  return `${file}${name === "" ? "" : ` > ${name}`}\n${text.slice(0, 4000)}`;
}
