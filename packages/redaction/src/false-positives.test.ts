import { createHash, randomBytes, randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createRedaction } from "./index.ts";

const { text, json } = createRedaction();

test("H4s: hashes, ids, integrity values and images in base64 stay as they are", () => {
  const hex = (length: number): string => randomBytes(length / 2).toString("hex");
  const integrity = (): string => `sha512-${createHash("sha512").update(randomBytes(8)).digest("base64")}`;
  const samples = Array.from({ length: 2_000 }, () => [
    `commit ${hex(40)}`,
    `index ${hex(7)}..${hex(7)} 100644`,
    randomUUID(),
    `trn_${hex(32)}#3`,
    `"integrity": "${integrity()}",`,
    `resolved "https://registry.example.org/name/-/name-1.0.0.tgz#${hex(40)}"`,
    `<img src="data:image/png;base64,${randomBytes(600).toString("base64")}">`,
    `{"type":"image","data":"${randomBytes(600).toString("base64")}"}`,
    `etag: W/"${randomBytes(12).toString("base64")}"`,
    `sha256:${hex(64)}`,
  ]).flat();
  const changed = samples.filter((sample) => text(sample) !== sample);
  console.log(`H4s: ${samples.length} made samples, ${changed.length} changed`);
  expect(changed.length / samples.length).toBeLessThanOrEqual(0.001);
});

test("H4s: code that talks about secrets stays as it is", () => {
  const lines = [
    "password: string",
    "password?: string | undefined;",
    "token: Token",
    "readonly token: string;",
    "apiKey = config.apiKey",
    "const password = process.env.PASSWORD;",
    "process.env.PASSWORD",
    "const token = await openAccessToken(folder);",
    "if (token === undefined) return;",
    "export const StorageService: Token<Storage> = token<Storage>('storage');",
    "secret: Uint8Array | string;",
    "function login({ password, token = createToken() }: Login) {}",
    `headers: { authorization: \`Bearer ${"$"}{token}\` }`,
    'headers["x-api-key"] = apiKey;',
    '<input type="password" autocomplete="current-password">',
    'password: "Enter your password",',
    '"api_key": "YOUR_API_KEY"',
    "API_KEY=$OPENAI_API_KEY",
    'export TOKEN="$TOKEN"',
    "PASSWORD=$(pass show mail)",
    "maxTokens: 4096, inputTokens: 1200, contextTokens: 200000",
    "nextPageToken: undefined",
    '<div class="sk-fading-circle sk-cube-grid">',
    "npm_config_registry=https://registry.example.org/",
    'source.includes("-----BEGIN PRIVATE KEY-----")',
    "Bearer authentication is described in RFC 6750.",
    "basic knowledge, words, tasks and risks-of-many-things",
    "case: 'a', default: 'b', key: 'KeyboardEvent', keyCode: 27",
    "tokens=12345678",
  ];
  for (const line of lines) expect(text(line)).toBe(line);
});

test("H4s: at most one line in a thousand of other people's source code is changed", () => {
  const lines = sourceFiles(24_000_000).flatMap((source) => source.split("\n"));
  const changed = lines.filter((line) => text(line) !== line);
  console.log(`H4s: ${lines.length} lines of source, ${changed.length} changed`);
  expect(lines.length).toBeGreaterThan(100_000);
  expect(changed.length / lines.length).toBeLessThanOrEqual(0.001);
});

test("H4s: members that only count tokens, and pages of them, keep their values", () => {
  const value = {
    tokens: "a1b2c3d4e5f6",
    tokenCount: 12,
    maxTokens: "4096",
    contextTokens: 1,
    inputTokens: "12",
    tokenizer: "o200k_base",
    nextPageToken: "CAUQAA12345",
    passwordless: "yes",
    secretName: "db",
    key: "value",
    keyId: "1",
    publicKey: "abc",
    token: 7,
    password: null,
    secret: true,
    apiKey: "",
  };
  expect(json(value)).toBe(value);
});

/** Source files of installed packages, in a fixed order, up to so many characters. */
function sourceFiles(lengthMax: number): readonly string[] {
  const root = join(import.meta.dirname, "../../../node_modules");
  const sources: string[] = [];
  let length = 0;
  for (const name of readdirSync(root).sort()) {
    if (name.startsWith(".") || name === "@lathe") continue;
    for (const entry of readdirSync(join(root, name), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.(?:[cm]?[jt]s|json|md)$/.test(entry.name) || length > lengthMax) continue;
      const source = readFileSync(join(entry.parentPath, entry.name), "utf8");
      sources.push(source);
      length += source.length;
    }
  }
  return sources;
}
