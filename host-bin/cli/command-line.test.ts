import { afterEach, beforeEach, expect, test } from "vitest";
import { exitCodes } from "../exit-codes.ts";
import { type Ending, runLathe } from "../testing/lathe-process.ts";
import { makeTemporaryHome, type TemporaryHome } from "../testing/temporary-home.ts";
import { version } from "../version.ts";

let home: TemporaryHome;
beforeEach(async () => {
  home = await makeTemporaryHome();
});
afterEach(() => home.remove());

function lathe(...argv: string[]): Promise<Ending> {
  return runLathe(argv, { environment: home.environment, cwd: home.folder });
}

test.each([
  { argv: ["nonsense"], said: 'There is no command "nonsense"' },
  { argv: ["toString"], said: 'There is no command "toString"' },
  { argv: ["up", "--nonsense"], said: "There is no option --nonsense." },
  { argv: ["up", "extra"], said: "lathe up takes options only." },
  { argv: ["up", "--port"], said: "--port" },
  { argv: ["up", "--port", "-1"], said: "--port needs a value." },
  { argv: ["up", "--port", "abc"], said: "--port must be a port from 0 to 65535" },
  { argv: ["up", "--host", "0.0.0.0"], said: "--host 0.0.0.0 is not a loopback address" },
  { argv: ["models", "--state", ""], said: "--state is empty" },
  { argv: ["run"], said: "The prompt is missing." },
  { argv: ["run", "-starts with a dash"], said: 'goes after "--"' },
  { argv: ["run", "two", "words"], said: "Put quotes around text" },
  { argv: ["run", " "], said: "The prompt is empty" },
  {
    argv: ["run", "x", "--conversation", "cnv_1", "--cwd", "/"],
    said: "--cwd is a matter of a new conversation",
  },
  { argv: ["conversations", "--limit", "0"], said: "--limit" },
  { argv: ["trace"], said: "Name one turn" },
  { argv: ["trace", "trn_1", "trn_2"], said: "Name one turn" },
  { argv: ["trace", "diff", "trn_1", "0"], said: "Say which steps" },
  { argv: ["trace", "diff", "trn_1", "0", "last"], said: "Say which steps" },
  { argv: ["traces", "--min-duration", "soon"], said: "--min-duration" },
])("$argv is a usage error, with exit code 2", async ({ argv, said }) => {
  const { code, stdout, stderr } = await lathe(...argv);
  expect(stderr).toContain(said);
  expect(stdout).toBe("");
  expect(code).toBe(exitCodes.usage);
});

test("help, --help and no command at all list the commands", async () => {
  for (const argv of [["help"], ["--help"], []]) {
    const { code, stdout } = await lathe(...argv);
    expect(stdout).toContain("doctor");
    expect(code).toBe(exitCodes.ok);
  }
});

test("help of a command and its --help say the same", async () => {
  const help = await lathe("help", "run");
  expect(help.stdout).toContain('Usage: lathe run "PROMPT"');
  expect(await lathe("run", "--help")).toEqual(help);
});

test("version prints the version", async () => {
  expect(await lathe("version")).toMatchObject({ code: exitCodes.ok, stdout: `${version}\n` });
});
