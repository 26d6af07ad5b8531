// Builds the web client into packages/web/page, when that is missing or older than what it is made of.
//
// Runs before `npm start` and as `npm run build:web`, on whatever Node the machine has (20 or newer), when the packages
// are installed: Node built-ins only, plain JavaScript, no import from outside of this folder.
//
// Invariants
//   M1  Nothing is written and no process is started when the page was built from exactly these files.
//   M2  Of several commands that start at once, one builds and the others wait for it.
//   M3  The page is exchanged as a whole: a build that fails or is cut off leaves the old one where it is.
//   M4  A build that fails never keeps the daemon from starting: the exit code is 0, but with --required.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { releaseLock, signLock, takeLock } from "./command-lock.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const webFolder = join(root, "packages", "web");
const pageFolder = join(webFolder, "page");
// What is built lies behind the lock until it is whole, and goes with it.
const lockFolder = join(webFolder, ".building");
const newPageFolder = join(lockFolder, "page");
const stampName = ".built-from";
const outputLengthMax = 4_000;

const inputs = [
  "package-lock.json",
  "packages/web/package.json",
  "packages/web/vite.config.ts",
  "packages/web/index.html",
  "packages/web/public",
  "packages/web/src",
  "packages/client/src",
  "packages/wire/src",
  "packages/kernel/src",
];

const isRequired = process.argv.includes("--required");

await main();

async function main() {
  try {
    if (isBuilt()) return;
    takeLock(lockFolder, () =>
      console.log("lathe: another command is building the web client, waiting for it."),
    );
    try {
      // Whoever held the lock before may have done the work.
      if (!isBuilt()) await build();
    } finally {
      releaseLock(lockFolder);
    }
  } catch (cause) {
    console.error(`lathe: the web client could not be built: ${cause.message}`);
    if (!isRequired) console.error('lathe: starting without it. Build it with "npm run build:web".');
    process.exitCode = isRequired ? 1 : 0;
  }
}

function isBuilt() {
  const stamp = join(pageFolder, stampName);
  return existsSync(stamp) && readFileSync(stamp, "utf8") === hashInputs();
}

async function build() {
  console.log("lathe: building the web client.");
  const startedAtMs = Date.now();
  const builtFrom = hashInputs();
  await runVite();
  writeFileSync(join(newPageFolder, stampName), builtFrom);
  rmSync(pageFolder, { recursive: true, force: true });
  renameSync(newPageFolder, pageFolder);
  console.log(`lathe: web client built in ${((Date.now() - startedAtMs) / 1000).toFixed(1)} s.`);
}

/** On the pinned Node: the machine's own may be too old for it. */
async function runVite() {
  const node = join(root, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");
  const vite = join(root, "node_modules", "vite", "bin", "vite.js");
  const child = spawn(node, [vite, "build", "--outDir", newPageFolder, "--logLevel", "warn"], {
    cwd: webFolder,
    env: { ...process.env, NODE_ENV: "production" },
  });
  // Both ids: vite may outlive us, and two in one folder spoil each other's page.
  if (child.pid !== undefined) signLock(lockFolder, child.pid);
  const { error, how, output } = await ending(child);
  if (error !== undefined) throw new Error(`vite could not be started (${error.message}).`);
  if (how !== "exit code 0") throw new Error(`vite ended with ${how}.\n${output.trim()}`);
}

function ending(child) {
  return new Promise((resolve) => {
    let output = "";
    const keep = (text) => {
      output = (output + text).slice(-outputLengthMax);
    };
    child.stdout?.setEncoding("utf8").on("data", keep);
    child.stderr?.setEncoding("utf8").on("data", keep);
    child.once("error", (error) => resolve({ error }));
    child.once("close", (code, signal) => resolve({ how: signal ?? `exit code ${code}`, output }));
  });
}

/** Of the names and contents of everything that the page is made of, and of nothing that only tests it. */
function hashInputs() {
  const hash = createHash("sha256");
  for (const name of inputs.flatMap(listFiles)) {
    const bytes = readFileSync(join(root, name));
    hash.update(`${name}\n${bytes.length}\n`).update(bytes);
  }
  return hash.digest("hex");
}

function listFiles(name) {
  const found = statSync(join(root, name), { throwIfNoEntry: false });
  if (found === undefined) return [];
  if (!found.isDirectory()) return [name];
  const names = readdirSync(join(root, name), { recursive: true }).map((one) => one.split(sep).join("/"));
  return names
    .filter((one) => !/\.test\.tsx?$/.test(one) && !one.split("/").includes("testing"))
    .map((one) => `${name}/${one}`)
    .filter((one) => statSync(join(root, one)).isFile())
    .sort();
}
