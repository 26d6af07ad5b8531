import { expect, test } from "vitest";
import { createRedaction } from "./index.ts";
import { type SyntheticSecret, seededChance, syntheticSecrets } from "./testing/synthetic-secrets.ts";

const { text } = createRedaction();
const roundCount = 40;
const secrets = Array.from({ length: roundCount }, (_, seed) => syntheticSecrets(seededChance(seed))).flat();

/** What a secret may stand in; each leaves its text readable. */
const surroundings: readonly ((secret: string) => string)[] = [
  (secret) => secret,
  (secret) => `It says ${secret} there.`,
  (secret) => `line one\n${secret}\nline two`,
  (secret) => JSON.stringify({ output: `before\n${secret}\nafter` }),
  (secret) => `(${secret})`,
  (secret) => `\u001b[31m${secret}\u001b[0m`,
];

test("H2s: of 24 shapes and more, in six surroundings, at least 98 in 100 are found", () => {
  const shapes = new Set(secrets.map(({ shape }) => shape));
  const tried = secrets.flatMap((secret) =>
    surroundings.map((surround) => ({ ...secret, in: surround(secret.text) })),
  );
  const missed = tried.filter((each) => !isGone(each, text(each.in)));
  const recall = 1 - missed.length / tried.length;
  console.log(
    `H2s: ${shapes.size} shapes, ${tried.length} texts, ${missed.length} missed: recall ${recall.toFixed(5)}`,
  );
  expect(shapes.size).toBeGreaterThanOrEqual(24 + 20);
  expect(recall).toBeGreaterThanOrEqual(0.98);
  // No shape is missed as such: what is missed of one is what chance made look like a word.
  const missedShapes = Map.groupBy(missed, ({ shape }) => shape);
  for (const [shape, those] of missedShapes) expect(those.length, shape).toBeLessThan(roundCount);
});

test("what was redacted is not changed by a second time", () => {
  for (const { text: given } of secrets) {
    const once = text(given);
    expect(text(once)).toBe(once);
  }
});

test("JSON stays JSON, and keeps everything but the secret", () => {
  for (const secret of secrets) {
    const document = { before: 'a "quoted" \\ word\n', secret: 1, value: secret.text, after: [1, "\u00e9"] };
    const parsed = JSON.parse(text(JSON.stringify(document)));
    expect({ ...parsed, value: "" }).toEqual({ ...document, value: "" });
  }
});

test("H8s: what a URL carries in front of its host is taken out, the address stays", () => {
  expect(text("git clone https://ada:l0velace@example.org/a.git failed")).toBe(
    "git clone https://[redacted:userinfo]@example.org/a.git failed",
  );
  expect(text("amqp://:s3cret@queue:5672/")).toBe("amqp://[redacted:userinfo]@queue:5672/");
  const error = new Error(`fetch failed: https://ada:l0velace@example.org/?api_key=${"k3y".repeat(8)}`);
  expect(text(error.stack ?? "")).not.toMatch(/l0velace|k3yk3y/);
  for (const address of ["https://ada@example.org/", "http://localhost:8080/@scope/name", "ssh://git@host/x"])
    expect(text(address)).toBe(address);
});

test("a name is kept and its value goes, in every spelling of a pair", () => {
  const value = `abc${123}def${456}`;
  const pairs = [
    [`API_KEY=${value}`, "API_KEY=[redacted:credential]"],
    [`export API_KEY="${value}"`, 'export API_KEY="[redacted:credential]"'],
    [`api_key: ${value}\n`, "api_key: [redacted:credential]\n"],
    [`{"apiKey":"${value}"}`, '{"apiKey":"[redacted:credential]"}'],
    [`{\\"apiKey\\": \\"${value}\\"}`, '{\\"apiKey\\": \\"[redacted:credential]\\"}'],
    [`'api-key' => '${value}',`, "'api-key' => '[redacted:credential]',"],
    [`apiKey := "${value}"`, 'apiKey := "[redacted:credential]"'],
    [`config["api_key"] = '${value}'`, "config[\"api_key\"] = '[redacted:credential]'"],
    [`?api_key=${value}&page=2`, "?api_key=[redacted:credential]&page=2"],
    [
      `//registry.example.org/:_authToken=${value}`,
      "//registry.example.org/:_authToken=[redacted:credential]",
    ],
    [`{"password": ${12_345_678}, "a": 1}`, '{"password": "[redacted:password]", "a": 1}'],
    [`{\\"password\\":${12_345_678}}`, '{\\"password\\":\\"[redacted:password]\\"}'],
    [`DB_PASSWORD=my-secret-${2024}`, "DB_PASSWORD=[redacted:password]"],
    [`"password": "Secret${"Pass"}word1!"`, '"password": "[redacted:password]"'],
    [`password='${value}`, "password='[redacted:password]"],
    [`{"line":"password='${value}","b":"it's"}`, '{"line":"password=\'[redacted:password]","b":"it\'s"}'],
  ] as const;
  for (const [given, expected] of pairs) expect(text(given)).toBe(expected);
});

test("a private key is taken out whole, and as far as it goes where its end was cut off", () => {
  const line = "Ab3d".repeat(16);
  const [head, foot] = ["-----BEGIN EC PRIVATE KEY-----", "-----END EC PRIVATE KEY-----"];
  const headers = "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00FF\n";
  expect(text(`a\n${head}\n${headers}\n${line}\n${line}\nAb==\n${foot}\nb`)).toBe(
    "a\n[redacted:private-key]\nb",
  );
  expect(text(`${head} ${line} ${line} ${foot}.`)).toBe("[redacted:private-key].");
  expect(text(`${head}\n${line}\n${line}\nThat was the key.`)).toBe(
    "[redacted:private-key]\nThat was the key.",
  );
  expect(text(JSON.stringify({ key: `${head}\n${line}` }))).toBe('{"key":"[redacted:private-key]"}');
});

function isGone({ secret }: SyntheticSecret, shown: string): boolean {
  const spelled = [secret, JSON.stringify(secret).slice(1, -1)];
  return shown.includes("[redacted:") && spelled.every((each) => !shown.includes(each));
}
