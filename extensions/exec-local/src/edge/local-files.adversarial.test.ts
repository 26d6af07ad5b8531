import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { readFile, realpath, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { FileAccessError } from "@lathe/kernel";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Folder, openFolder } from "../testing/open-local.ts";
import { LocalFiles } from "./local-files.ts";

let home: Folder;
let root: string;
let outside: string;
const children = new Set<ChildProcess>();

beforeEach(() => {
  home = openFolder();
  root = `${home.path}/root`;
  outside = `${home.path}/outside`;
  for (const folder of [root, outside, `${root}/real`]) mkdirSync(folder);
  writeFileSync(`${outside}/a.txt`, "secret");
  writeFileSync(`${root}/real/a.txt`, "inside");
});
afterEach(async () => {
  await Promise.all([...children].map(end));
  home[Symbol.dispose]();
});

async function start(script: string, ...given: string[]): Promise<ChildProcess> {
  const path = fileURLToPath(new URL(`../testing/${script}`, import.meta.url));
  const child = spawn(process.execPath, [path, ...given], { stdio: ["ignore", "pipe", "inherit"] });
  children.add(child);
  await once(child.stdout, "data");
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  children.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

interface Tally {
  inside: number;
  outside: number;
  refused: number;
}

/** Tries until the attempts are used up, or until the tally says that enough was seen. */
async function tryOften(
  attemptCountMax: number,
  attempt: () => Promise<"inside" | "outside" | "refused">,
  enough: (tally: Tally) => boolean = () => false,
): Promise<Tally> {
  const tally: Tally = { inside: 0, outside: 0, refused: 0 };
  for (let index = 0; index < attemptCountMax && !enough(tally); index++) tally[await attempt()]++;
  return tally;
}

// What the tests below are about must really happen in them, or they prove nothing.
function expectRace(tally: Tally): void {
  expect(tally.inside).toBeGreaterThan(0);
  expect(tally.refused).toBeGreaterThan(0);
}

const kindOf = (text: string) => (text === "secret" ? "outside" : "inside");
const refusedOnly = (error: unknown) => {
  if (error instanceof FileAccessError) return "refused" as const;
  throw error;
};

describe("D4: a name that is swapped for a link to outside while it is used", () => {
  const readGuarded = async () => {
    const slice = await new LocalFiles(root).read("door/a.txt", { offset: 0, bytesMax: 100 });
    return kindOf(Buffer.from(slice.bytes).toString());
  };
  const readNaively = async () => {
    const path = await realpath(`${root}/door/a.txt`);
    if (!path.startsWith(`${root}/`)) return "refused";
    return kindOf(await readFile(`${root}/door/a.txt`, "utf8"));
  };

  test("D4: a folder: no read leaks", async () => {
    await start("swap-forever.ts", `${root}/door`, `${root}/real`, outside);
    const tally = await tryOften(6_000, () => readGuarded().catch(refusedOnly));
    expectRace(tally);
    expect(tally.outside).toBe(0);
  });

  test("D4: the same race is won against a check before the opening (positive control)", {
    timeout: 120_000,
  }, async () => {
    await start("swap-forever.ts", `${root}/door`, `${root}/real`, outside);
    const attempt = () => readNaively().catch(() => "refused" as const);
    const tally = await tryOften(200_000, attempt, ({ outside: leaks }) => leaks > 0);
    expect(tally.outside).toBe(1);
  });

  test("D4: a file: no read leaks", async () => {
    await start("swap-forever.ts", `${root}/door`, `${root}/real/a.txt`, `${outside}/a.txt`);
    const tally = await tryOften(6_000, () =>
      new LocalFiles(root)
        .read("door", { offset: 0, bytesMax: 100 })
        .then((slice) => kindOf(Buffer.from(slice.bytes).toString()))
        .catch(refusedOnly),
    );
    expectRace(tally);
    expect(tally.outside).toBe(0);
  });

  const outsideIsUntouched = () =>
    readdirSync(outside).length === 1 && readFileSync(`${outside}/a.txt`, "utf8") === "secret";

  test("D4: no write lands outside, neither in a file nor as a new file or folder", async () => {
    const swapper = await start("swap-forever.ts", `${root}/door`, `${root}/real`, outside);
    const files = new LocalFiles(root);
    const paths = ["door/a.txt", "door/new.txt", "door/new/deep.txt"];
    let round = 0;
    const tally = await tryOften(450, async () => {
      const path = paths[round++ % paths.length] ?? "";
      return files.write(path, Buffer.from("written")).then(() => "inside" as const, refusedOnly);
    });
    expectRace(tally);
    expect(swapper.exitCode).toBe(null);
    expect(outsideIsUntouched()).toBe(true);
  });

  test("D4: a write after a check of the name does land outside (positive control)", {
    timeout: 120_000,
  }, async () => {
    await start("swap-forever.ts", `${root}/door`, `${root}/real`, outside);
    const writeNaively = async () => {
      const folder = await realpath(`${root}/door`);
      if (!folder.startsWith(`${root}/`)) return "refused";
      await writeFile(`${root}/door/a.txt`, "written");
      return "inside";
    };
    for (let index = 0; index < 200_000 && outsideIsUntouched(); index++)
      await writeNaively().catch(() => {});
    expect(outsideIsUntouched()).toBe(false);
  });
});

describe("D7: the daemon is killed in the middle of a write", () => {
  const sizeBytes = 10_000_000;
  const isWhole = () => {
    const content = readFileSync(`${root}/a.txt`);
    return content.length === sizeBytes && content.equals(Buffer.alloc(sizeBytes, content[0]));
  };
  const leftovers = () => readdirSync(root).filter((name) => name.startsWith(".lathe-write-"));

  /** Kills the writer as soon as the disk shows that it is in the middle. */
  async function killWhile(isInTheMiddle: () => boolean, manner: string): Promise<void> {
    const child = await start("write-forever.ts", root, "a.txt", manner);
    while (!isInTheMiddle()) await new Promise((resolve) => setImmediate(resolve));
    await end(child);
  }

  test("D7: the file is the old one or the new one, never half of one, and keeps its mode", async () => {
    writeFileSync(`${root}/a.txt`, "", { mode: 0o640 });
    let leftoverCount = 0;
    for (let round = 0; round < 8; round++) {
      await killWhile(() => leftovers().length > leftoverCount, "replace");
      leftoverCount = leftovers().length;
      expect(isWhole()).toBe(true);
      expect(statSync(`${root}/a.txt`).mode & 0o777).toBe(0o640);
    }
    // A write that was really cut off leaves its own file behind.
    expect(leftoverCount).toBeGreaterThan(0);
    await new LocalFiles(root).write("a.txt", Buffer.from("the next write works"));
    expect(readFileSync(`${root}/a.txt`, "utf8")).toBe("the next write works");
  });

  test("D7: the same kill does leave half a file that is written in place (positive control)", async () => {
    const isHalf = () => statSync(`${root}/a.txt`, { throwIfNoEntry: false })?.size !== sizeBytes;
    let wholeCount = 0;
    do await killWhile(isHalf, "overwrite");
    while (isWhole() && ++wholeCount < 20);
    expect(wholeCount).toBeLessThan(20);
  });
});
