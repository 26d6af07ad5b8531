// Installs the packages that package-lock.json asks for, when they are not there yet.
//
// Runs before `npm start` and `npm test`, on whatever Node the machine has (20 or newer), before anything is
// installed: Node built-ins only, plain JavaScript, no import from outside of this folder.
//
// Invariants
//   M1  Nothing is written and no process is started when node_modules already matches the lock file.
//   M2  Of several commands that start at once, one installs and the others wait for it.

import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { releaseLock, signLock, takeLock } from "./command-lock.mjs";

const NODE_MAJOR_MIN = 20;

const root = fileURLToPath(new URL("../..", import.meta.url));
const lockFolder = join(root, ".installing");
const nodeModules = join(root, "node_modules");

await main();

async function main() {
  if (isInstalled()) return;
  if (Number(process.versions.node.split(".")[0]) < NODE_MAJOR_MIN) {
    fail(
      `Node ${process.versions.node} is too old to install Lathe. Install Node ${NODE_MAJOR_MIN} or newer.`,
    );
  }
  waitForOthers();
  try {
    // Whoever held the lock before may have done the work.
    if (!isInstalled()) await install();
  } finally {
    releaseLock(lockFolder);
  }
}

/** npm writes node_modules/.package-lock.json last, so an interrupted install never looks complete. */
function isInstalled() {
  const wanted = readPackages(join(root, "package-lock.json"));
  if (wanted === undefined)
    fail("package-lock.json is missing or not readable. Restore it: git checkout package-lock.json");
  const present = readPackages(join(nodeModules, ".package-lock.json"));
  return present !== undefined && existsSync(pinnedNode()) && holdsAll(wanted, present);
}

function holdsAll(wanted, present) {
  for (const [path, entry] of Object.entries(wanted)) {
    if (!path.startsWith("node_modules/")) continue;
    const found = present[path];
    // Packages for other platforms are optional, and absent.
    if (found === undefined && entry.optional === true) continue;
    if (found === undefined || found.version !== entry.version || found.integrity !== entry.integrity)
      return false;
    if (entry.link === true && found.resolved !== entry.resolved) return false;
  }
  return true;
}

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8")).packages;
  } catch {
    return undefined;
  }
}

function pinnedNode() {
  return join(nodeModules, "node", "bin", process.platform === "win32" ? "node.exe" : "node");
}

function waitForOthers() {
  try {
    takeLock(lockFolder, () =>
      console.log("lathe: another command is installing the packages, waiting for it."),
    );
  } catch (cause) {
    fail(`cannot write to ${root} (${cause.code}). Run the command as the user who owns this folder.`);
  }
}

async function install() {
  console.log(
    existsSync(nodeModules)
      ? "lathe: packages changed, running npm ci."
      : "lathe: first run, running npm ci.",
  );
  const startedAtMs = Date.now();
  const { command, prefix } = findNpm();
  const npm = spawn(command, [...prefix, "ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: "inherit",
    env: environmentWithoutPinnedNode(),
    shell: process.platform === "win32" && prefix.length === 0,
  });
  // Both ids: npm may outlive us, and two npm in one folder break each other.
  if (npm.pid !== undefined) signLock(lockFolder, npm.pid);
  const result = await ending(npm);
  if (result.error !== undefined) {
    fail(
      `npm could not be started (${result.error.message}). Install npm, or run "npm ci" in ${root} yourself.`,
    );
  }
  if (result.status !== 0) {
    const how = result.signal === null ? `exit code ${result.status}` : result.signal;
    fail(
      `npm ci failed (${how}); its message is above. Without a network, connect once, or point npm at a ` +
        `reachable registry (npm config get registry). Then run "npm ci" in ${root}.`,
    );
  }
  if (!existsSync(pinnedNode())) {
    fail(
      'npm ci ended well, but the pinned Node is missing: install scripts are off. Run "npm ci --ignore-scripts=false".',
    );
  }
  console.log(`lathe: packages installed in ${((Date.now() - startedAtMs) / 1000).toFixed(1)} s.`);
}

function ending(child) {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve({ error }));
    child.once("close", (status, signal) => resolve({ status, signal }));
  });
}

/** Under `npm start` the very npm that started us, else the npm on the PATH. */
function findNpm() {
  const { npm_execpath: npm, npm_node_execpath: node } = process.env;
  const isNpm =
    npm !== undefined && node !== undefined && /npm-cli\.c?js$/.test(npm) && !node.startsWith(nodeModules);
  return isNpm ? { command: node, prefix: [npm] } : { command: "npm", prefix: [] };
}

/** `npm ci` removes node_modules first: it must not run on the Node that lives there. */
function environmentWithoutPinnedNode() {
  const key = Object.keys(process.env).find((name) => name.toUpperCase() === "PATH") ?? "PATH";
  const path = (process.env[key] ?? "").split(delimiter).filter((folder) => !folder.startsWith(nodeModules));
  return { ...process.env, [key]: path.join(delimiter) };
}

function fail(message) {
  console.error(`lathe: ${message}`);
  releaseLock(lockFolder);
  process.exit(1);
}
