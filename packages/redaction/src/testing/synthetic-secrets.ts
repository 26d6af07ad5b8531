// Secrets that never were: every value is made at run time, from an alphabet and a seeded source of chance, so that no
// file of the repository holds one.

export interface SyntheticSecret {
  readonly shape: string;
  /** The text that has to go. */
  readonly secret: string;
  /** The secret as it stands in a text: alone, or behind its name. */
  readonly text: string;
}

const digits = "0123456789";
const lowers = "abcdefghijklmnopqrstuvwxyz";
const uppers = lowers.toUpperCase();
const alphanumerics = digits + lowers + uppers;
const urlSafe = `${alphanumerics}_-`;

/** Answers with numbers from 0 to below 1, the same ones for the same seed (mulberry32). */
export function seededChance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One of every shape. */
export function syntheticSecrets(chance: () => number): readonly SyntheticSecret[] {
  const run = (length: number, alphabet: string = alphanumerics): string =>
    Array.from({ length }, () => alphabet.charAt(Math.floor(chance() * alphabet.length))).join("");
  const alone = (shape: string, secret: string): SyntheticSecret => ({ shape, secret, text: secret });
  const paired = (shape: string, secret: string, write: (value: string) => string): SyntheticSecret => ({
    shape,
    secret,
    text: write(secret),
  });
  return [...tokens(run, alone), ...pairs(run, paired), ...keys(run, alone)];
}

type Run = (length: number, alphabet?: string) => string;
type Alone = (shape: string, secret: string) => SyntheticSecret;
type Paired = (shape: string, secret: string, write: (value: string) => string) => SyntheticSecret;

function tokens(run: Run, alone: Alone): readonly SyntheticSecret[] {
  const base64url = (length: number): string => run(length, urlSafe);
  return [
    alone("openai", `sk-${run(48)}`),
    alone("openai-project", `sk-proj-${base64url(120)}`),
    alone("openai-service", `sk-svcacct-${base64url(60)}`),
    alone("openai-admin", `sk-admin-${base64url(80)}`),
    alone("anthropic", `sk-ant-api03-${base64url(86)}-${run(6)}AA`),
    alone("deepseek", `sk-${run(32, `${digits}abcdef`)}`),
    alone("openrouter", `sk-or-v1-${run(64, `${digits}abcdef`)}`),
    ...["ghp", "gho", "ghu", "ghs", "ghr"].map((kind) => alone(`github-${kind}`, `${kind}_${run(36)}`)),
    alone("github-fine-grained", `github_pat_${run(22)}_${run(59)}`),
    ...["glpat", "gldt", "glrt", "glptt"].map((kind) => alone(`gitlab-${kind}`, `${kind}-${base64url(20)}`)),
    ...["AKIA", "ASIA"].map((kind) => alone(`aws-${kind}`, `${kind}${run(16, `${uppers}234567`)}`)),
    alone("google-api-key", `AIza${base64url(35)}`),
    alone("google-access-token", `ya29.${base64url(100)}`),
    alone("google-client-secret", `GOCSPX-${base64url(28)}`),
    ...["b", "p", "a", "r", "s"].map((kind) =>
      alone(`slack-xox${kind}`, `xox${kind}-${run(12, digits)}-${run(13, digits)}-${run(24)}`),
    ),
    alone(
      "slack-app",
      `xapp-1-A${run(10, digits + uppers)}-${run(13, digits)}-${run(64, `${digits}abcdef`)}`,
    ),
    ...["sk_live", "rk_live", "sk_test"].map((kind) => alone(`stripe-${kind}`, `${kind}_${run(24)}`)),
    alone("stripe-webhook", `whsec_${run(32)}`),
    alone("npm", `npm_${run(36)}`),
    alone("hugging-face", `hf_${run(34)}`),
    alone("lathe", `lathe_${base64url(43)}`),
  ];
}

function pairs(run: Run, paired: Paired): readonly SyntheticSecret[] {
  const key = run(40);
  return [
    paired(
      "slack-webhook",
      `T${run(10)}/B${run(10)}/${run(24)}`,
      (value) => `https://hooks.slack.com/services/${value}`,
    ),
    paired("aws-secret", run(40, `${alphanumerics}/+`), (value) => `aws_secret_access_key = ${value}`),
    paired("aws-secret-env", run(40, `${alphanumerics}/+`), (value) => `AWS_SECRET_ACCESS_KEY=${value}`),
    paired("bearer", key, (value) => `Authorization: Bearer ${value}`),
    paired("bearer-alone", run(40), (value) => `curl --header 'Bearer ${value}'`),
    paired("basic", btoa(`user:${run(14)}`), (value) => `authorization: Basic ${value}`),
    paired("x-api-key", run(32), (value) => `x-api-key: ${value}`),
    paired("api-key-env", run(32), (value) => `ACME_API_KEY=${value}`),
    paired("api-key-json", run(32), (value) => JSON.stringify({ apiKey: value })),
    paired("api-key-code", run(32), (value) => `const api_key = "${value}";`),
    paired("password-env", `${run(5, lowers)}${run(3, digits)}`, (value) => `DB_PASSWORD=${value}`),
    paired("password-json", `${run(7)}!${run(2, digits)}`, (value) => JSON.stringify({ password: value })),
    paired("password-nested-json", `${run(8)}#${run(2, digits)}`, (value) =>
      JSON.stringify({ body: JSON.stringify({ text: JSON.stringify({ password: value }) }) }),
    ),
    paired("password-yaml", `${run(8, lowers)}${run(4, digits)}`, (value) => `  password: ${value}\n`),
    paired("secret-single-quotes", run(24), (value) => `client_secret: '${value}',`),
    paired("token-query", run(24), (value) => `https://example.org/file?id=4&access_token=${value}&page=2`),
    paired(
      "userinfo",
      `${run(6, lowers)}:${run(12)}`,
      (value) => `postgres://${value}@db.example.org:5432/app`,
    ),
    paired("cookie", `session=${run(32)}`, (value) => `Cookie: ${value}`),
  ];
}

function keys(run: Run, alone: Alone): readonly SyntheticSecret[] {
  const part = (value: object): string =>
    btoa(JSON.stringify(value)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const webToken = `${part({ alg: "HS256", typ: "JWT" })}.${part({ sub: run(10) })}.${run(43, urlSafe)}`;
  const labels = [
    "PRIVATE KEY",
    "RSA PRIVATE KEY",
    "EC PRIVATE KEY",
    "OPENSSH PRIVATE KEY",
    "ENCRYPTED PRIVATE KEY",
  ];
  const blocks = labels.map((label) => alone(`pem-${label.toLowerCase()}`, pem(run, label)));
  const [plain] = blocks as [SyntheticSecret];
  const escaped = JSON.stringify(plain.secret).slice(1, -1);
  return [
    alone("jwt", webToken),
    ...blocks,
    alone("pem-in-json", escaped),
    alone("pem-in-json-twice", JSON.stringify(escaped).slice(1, -1)),
  ];
}

function pem(run: Run, label: string): string {
  const lines = [run(64), run(64), `${run(30)}==`];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`].join("\n");
}
