import { expect, test } from "vitest";
import { parseProcessorList } from "./processors.ts";
import { measureStart } from "./start-time.ts";

function script(source: string): readonly string[] {
  return [process.execPath, "--input-type=module", "--eval", source];
}

const listen = `
  import { createServer } from "node:http";
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    response.writeHead(request.url === "/readyz" && asked > 2 ? 200 : 503).end();
  });
  server.listen(0, "127.0.0.1", () => console.log("Open http://127.0.0.1:" + server.address().port + "/?token=x now"));
`;

test("a start ends when the server says that it is ready, after its URL was printed", async () => {
  const { printedMs, readyMs } = await measureStart({ argv: script(listen) });
  expect(printedMs).toBeGreaterThan(0);
  expect(readyMs).toBeGreaterThan(printedMs);
});

test("a command that ends without a URL is an error", async () => {
  await expect(measureStart({ argv: script("console.log('no')") })).rejects.toThrow("No URL");
});

test("a command that does not exist is an error", async () => {
  await expect(measureStart({ argv: ["no-such-command-here"] })).rejects.toThrow("No URL");
});

test("a server that is never ready is an error", async () => {
  await expect(measureStart({ argv: script(listen), readyPath: "/never", timeoutMs: 200 })).rejects.toThrow();
});

test("a list of processors is read with its ranges", () => {
  expect(parseProcessorList("0-2,5")).toEqual([0, 1, 2, 5]);
  expect(parseProcessorList("")).toEqual([]);
});
