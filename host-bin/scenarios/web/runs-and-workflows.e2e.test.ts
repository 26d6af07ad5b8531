// Workflows from their forms to their ends, and runs as they go on.
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { browserTest as test } from "../../testing/browser/chromium.ts";
import { say, turnsOf } from "../../testing/browser/conversation-page.ts";
import { pausedAnswer, words } from "../../testing/browser/paused-answer.ts";
import { useWeb } from "../../testing/browser/use-web.ts";

const web = useWeb({
  config: { model: "scripted/demo", extensions: { "provider-scripted": { deltaDelayMs: 0 } } },
});

for (const name of ["deep-research", "multi-review", "plan-verify", "bounty-hunt"]) {
  test(`the workflow ${name} runs from its form to a report`, async () => {
    const page = await web.signIn("/workflows");
    await page.getByRole("main").getByRole("link", { name, exact: true }).click();
    await page.getByRole("heading", { name, level: 1 }).waitFor();
    await page.getByRole("textbox", { name: "Folder" }).fill(web.stage.workFolder);
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await expectStatus(page, "Succeeded");
    await page.getByRole("region", { name: "Result" }).getByRole("heading", { name: "report" }).waitFor();
    await page.getByRole("region", { name: "Phases and agents" }).getByRole("listitem").first().waitFor();
  });
}

test("a dry run spends nothing, and says so", async () => {
  const page = await web.signIn("/workflows/deep-research");
  await page.getByRole("textbox", { name: "Folder" }).fill(web.stage.workFolder);
  await page.getByRole("button", { name: "Dry run" }).click();
  await page.getByText("Dry run: nothing is spent").waitFor();
  await expectStatus(page, "Succeeded");
  expect(web.model.requests).toEqual([]);
});

test("a form says what each argument is and how far it goes, and what does not fit is told at its field", async () => {
  const page = await web.signIn("/workflows/plan-verify");
  await page.getByRole("textbox", { name: "Folder" }).fill(web.stage.workFolder);
  await page.getByRole("textbox", { name: "Goal goal" }).fill("Safer retries");
  await page.getByRole("combobox", { name: "Ask for approval approve" }).selectOption("No");
  const rounds = page.getByRole("textbox", { name: "Rounds rounds" });
  await rounds.fill("4");
  await page.getByRole("button", { name: "Dry run" }).click();
  await page.getByText("Enter a whole number from 1 to 3.").waitFor();
  expect(await rounds.getAttribute("aria-invalid")).toBe("true");
  await rounds.fill("1");
  await page.getByRole("button", { name: "Dry run" }).click();
  await expectStatus(page, "Succeeded");
});

test("a script that is pasted is checked, asks for its arguments by a form, and runs", async () => {
  const page = await web.signIn("/workflows");
  await page.getByText("Run a script").click();
  const meta = `export const meta = { name: "greet", description: "Greets.", argsSchema: { type: "object",
    properties: { whom: { type: "string" } }, required: ["whom"] } };`;
  const script = page.getByRole("textbox", { name: "Script" });
  await script.fill("export const meta = {");
  await page.getByRole("button", { name: "Check" }).click();
  await page.getByText("It cannot be run").waitFor();
  await script.fill(`${meta}\nlog("Begun");\nreturn "Hello, " + (args?.whom ?? args) + "!";`);
  await page.getByRole("button", { name: "Check" }).click();
  await page.getByText("It can be run.").waitFor();
  const whom = page.getByRole("textbox", { name: /whom|Arguments/ }).first();
  await whom.fill("Ada");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expectStatus(page, "Succeeded");
  await page.getByRole("region", { name: "Result" }).getByText("Hello, Ada!").waitFor();
  await page.getByRole("region", { name: "Log" }).getByText("Begun").waitFor();
});

test("a question of a run is answered in the page, and whoever else looks sees that it is", async () => {
  const id = await start('const go = await approve("Delete it?", { default: false });\nreturn { go };');
  const page = await web.signIn(`/runs/${id}`);
  const other = await web.openTab(page, "/runs");
  const row = other
    .getByRole("region", { name: "Running now" })
    .getByRole("listitem")
    .filter({ hasText: "a-test" });
  await row.getByText("Waiting for you").waitFor();
  await page.getByText("Delete it?").waitFor();
  await page.getByRole("button", { name: "Yes" }).click();
  await expectStatus(page, "Succeeded");
  await page.getByRole("region", { name: "Result" }).getByText("true").first().waitFor();
  await other
    .getByRole("region", { name: "History" })
    .getByRole("listitem")
    .filter({ hasText: "a-test" })
    .first()
    .waitFor();
});

test("a run that was stopped is resumed, and what was answered before is not asked again", async () => {
  web.model.next({ ...pausedAnswer(["First."]) }, pausedAnswer(words(3), ["never"]));
  const id = await start(
    'const one = await agent("One?", { model: "openai/test", label: "one" });\n' +
      'const two = await agent("Two?", { model: "openai/test", label: "two" });\nreturn [one, two].join("\\n");',
  );
  const page = await web.signIn(`/runs/${id}`);
  await agentRow(page, "one").getByText(/done/i).first().waitFor();
  await agentRow(page, "two")
    .getByText(/running/i)
    .waitFor();
  await page.getByRole("button", { name: "Stop a-test" }).click();
  await expectStatus(page, "Stopped");
  const asked = web.model.requests.length;
  await page.getByRole("button", { name: "Resume" }).click();
  await page.waitForURL((url) => url.pathname.startsWith("/runs/") && !url.pathname.includes(id));
  await expectStatus(page, "Succeeded");
  await page.getByRole("region", { name: "Result" }).getByText("All is well.").waitFor();
  expect(web.model.requests.length).toBe(asked + 1);
});

test("the list of runs is live in every tab, and a run is stopped from it", async () => {
  const page = await web.signIn("/runs");
  const other = await web.openTab(page, "/runs");
  web.model.next(pausedAnswer(words(3), ["never"]));
  await start('return agent("Wait.", { model: "openai/test" });', "a-long-one");
  for (const tab of [page, other]) await runningRow(tab, "a-long-one").waitFor();
  await runningRow(other, "a-long-one").getByRole("button", { name: "Stop a-long-one" }).click();
  for (const tab of [page, other]) {
    const history = tab.getByRole("region", { name: "History" }).getByRole("listitem");
    await history.filter({ hasText: "a-long-one" }).getByText("Stopped").waitFor();
    await runningRow(tab, "a-long-one").waitFor({ state: "detached" });
  }
  await page.getByRole("combobox", { name: "Status" }).selectOption("stopped");
  await expect
    .poll(() => page.getByRole("region", { name: "History" }).getByText("Succeeded").count())
    .toBe(0);
});

test("the conversation and the trace of an agent open beside its run", async () => {
  const id = await start('return agent("One?", { model: "openai/test", label: "one" });');
  const page = await web.signIn(`/runs/${id}`);
  await expectStatus(page, "Succeeded");
  await page.getByRole("link", { name: "Open the conversation of one" }).click();
  await turnsOf(page).getByText("All is well.").waitFor();
  await page.getByRole("button", { name: "Open the trace of one" }).click();
  await page.getByRole("tree").getByRole("treeitem").first().waitFor();
  expect(new URL(page.url()).searchParams.getAll("beside")).toHaveLength(2);
});

test("a turn is a run with an address of its own", async () => {
  const page = await web.signIn();
  await say(page, "hello");
  await turnsOf(page).locator("footer").waitFor();
  await page.goto("/runs");
  await page.getByRole("region", { name: "History" }).getByRole("link", { name: "hello" }).first().click();
  await page.waitForURL(/\/runs\/run_/);
  await page.getByRole("heading", { name: "hello", level: 1 }).waitFor();
  await expectStatus(page, "Succeeded");
});

test("a turn with a budget tells what it has spent of it, and why it ended", async () => {
  const look = {
    calls: [{ name: "list_files", input: { path: "." } }],
    usage: { inputTokens: 900, outputTokens: 0 },
  };
  const input = { text: JSON.stringify({ steps: [look, look] }), model: "scripted/script" };
  const { id } = await web.daemon.client.call<{ id: string }>("POST", "/api/runs", {
    ...{ kind: "turn", input, budget: 1_000 },
  });
  const page = await web.signIn(`/runs/${id}`);
  await expectStatus(page, "Failed");
  await page.getByText("900 of 1000 tokens").waitFor();
  await page
    .getByText("The turn ended at its budget: what is left of it is too little for another step.")
    .waitFor();
});

test("a run that is not there says so", async () => {
  const page = await web.signIn("/runs/run_nobody");
  await page.getByText("The run cannot be shown").waitFor();
});

async function start(body: string, name = "a-test"): Promise<string> {
  const script = `export const meta = { name: ${JSON.stringify(name)}, description: "A test." };\n${body}\n`;
  const draft = { kind: "workflow", script, cwd: web.stage.workFolder };
  return (await web.daemon.client.call<{ id: string }>("POST", "/api/runs", draft)).id;
}

/** Settles when the run of the main pane is in this state. */
async function expectStatus(page: Page, word: string): Promise<void> {
  await page.getByRole("main").getByText(word, { exact: true }).first().waitFor({ timeout: 60_000 });
}

function agentRow(page: Page, label: string): ReturnType<Page["locator"]> {
  return page.locator(".workflow-agent").filter({ hasText: label });
}

function runningRow(page: Page, name: string): ReturnType<Page["locator"]> {
  return page.getByRole("region", { name: "Running now" }).getByRole("listitem").filter({ hasText: name });
}
