// Three projects by the ending of a test file's name. `npm test` runs `unit`, which needs no system package.

import { defineConfig } from "vitest/config";

const folders = ["packages", "extensions", "host-bin", "bench"];
const testsEndingWith = (ending: string): string[] => folders.map((folder) => `${folder}/**/*${ending}`);
const absent = ["**/node_modules/**", "**/dist/**"];

export default defineConfig({
  test: {
    // lmdb is a native addon: one process per test file keeps its environments apart.
    pool: "forks",
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What is waited for comes late where the machine is busy; one second, the default, is no sign of a fault.
    expect: { poll: { timeout: 30_000 } },
    passWithNoTests: true,
    coverage: {
      provider: "v8",
      include: ["packages/*/src/**/*.ts", "extensions/*/src/**/*.ts", "host-bin/**/*.ts"],
      exclude: ["**/*.test.ts", "**/*.d.ts", ...absent],
      reporter: ["text", "html", "json-summary"],
      reportsDirectory: "coverage",
    },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: testsEndingWith(".test.ts"),
          exclude: [...absent, "**/*.e2e.test.ts", "**/*.recordings.test.ts"],
        },
      },
      {
        extends: true,
        test: { name: "recordings", include: testsEndingWith(".recordings.test.ts"), exclude: absent },
      },
      {
        extends: true,
        test: {
          name: "e2e",
          include: testsEndingWith(".e2e.test.ts"),
          exclude: absent,
          globalSetup: "./host-bin/testing/browser/build-page.ts",
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
