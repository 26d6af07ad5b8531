import { createRedaction } from "@lathe/redaction";
import { expect, test } from "vitest";
import { createRegistrar, isSecretVariable, secretsInConfig, secretsInEnvironment } from "./known-secrets.ts";

test("the name of a variable tells whether its value is a secret", () => {
  const names = [
    "OPENAI_API_KEY",
    "HF_TOKEN",
    "MY_SECRET_2",
    "PGPASSWORD",
    "db_passwd",
    "AWS_CREDENTIALS_FILE",
  ];
  expect(names.filter((name) => !isSecretVariable(name))).toEqual([]);
  expect(["PATH", "HOME", "OPENAI_BASE_URL", "LANG"].filter(isSecretVariable)).toEqual([]);
  expect(secretsInEnvironment({ A_KEY: "a", B: "b", C_TOKEN: undefined })).toEqual(["a"]);
});

test("the strings of a configuration count where their names say so, at any depth", () => {
  const config = {
    one: { apiKey: "k1", apiKeyEnv: "ONE_KEY", maxTokens: "9", nested: [{ client_secret: "k2" }] },
    two: { passwords: ["k3", "k4"], secret: { name: "n", token: "k5" }, password: 12 },
  };
  expect([...secretsInConfig(config)].sort()).toEqual(["k1", "k2", "k3", "k4", "k5"]);
});

test("a value is known with and without the white space around it", () => {
  const redaction = createRedaction();
  createRegistrar(redaction)(" a quiet word\n");
  expect(redaction.text("x:a quiet word.")).toBe("x:[redacted:secret].");
});
