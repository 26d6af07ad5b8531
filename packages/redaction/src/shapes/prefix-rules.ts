// The credentials that are known by how they begin, as one table. Where one prefix begins another, the longer stands
// first. The character at `triggerAt` is what the scan stops at: it has to be rare in ordinary text.
import { alphanumeric, base64, credential, word } from "../characters.ts";
import type { Kind } from "../markers.ts";
import type { Rest } from "../scanner.ts";
import type { PrefixRule } from "./prefix-rule.ts";
import { acceptPrivateKey, restOfPrivateKey } from "./private-keys.ts";
import {
  acceptExactly,
  acceptRun,
  isHexDigit,
  isUpperOrDigit,
  type Judge,
  looksLikeToken,
  looksRandom,
  restOfDottedRun,
  restOfRun,
} from "./tokens.ts";
import { acceptWebToken } from "./web-tokens.ts";

/** How much of a credential behind `Bearer ` or `Basic ` decides. */
const schemeMin = 16;

export const prefixRules: readonly PrefixRule[] = [
  token("anthropic", "sk-ant-", "-", word, 20),
  token("openrouter", "sk-or-", "-", word, 20),
  token("openai", "sk-proj-", "-", word, 20),
  token("openai", "sk-svcacct-", "-", word, 20),
  token("openai", "sk-admin-", "-", word, 20),
  { ...token("deepseek", "sk-", "-", word, 32), accept: acceptExactly(32, isHexDigit), rest: undefined },
  token("openai", "sk-", "-", word, 20),
  ...["ghp_", "gho_", "ghu_", "ghs_", "ghr_"].map((prefix) => token("github", prefix, "_", alphanumeric, 30)),
  token("github", "github_pat_", "_", word, 30),
  ...["pat", "dt", "rt", "cbt", "ptt", "ft", "imt", "agent", "oas", "soat", "ffct"].map((family) =>
    token("gitlab", `gl${family}-`, "-", word, 20, { judge: looksLikeToken, rest: restOfDottedRun }),
  ),
  exact("aws", "AKIA", "I"),
  exact("aws", "ASIA", "I"),
  exact("aws", "ABIA", "I"),
  token("google", "AIza", "I", word, 33, { judge: looksLikeToken }),
  token("google", "ya29.", "9", word, 20, { rest: restOfDottedRun }),
  token("google", "GOCSPX-", "-", word, 20, { judge: looksLikeToken }),
  ...["a", "b", "e", "o", "p", "r", "s"].map((letter) => token("slack", `xox${letter}-`, "-", word, 10)),
  token("slack", "xapp-", "-", word, 20),
  ...["sk_live_", "sk_test_", "rk_live_", "rk_test_"].map((prefix) =>
    token("stripe", prefix, "_", alphanumeric, 16, { judge: looksLikeToken }),
  ),
  token("stripe", "whsec_", "_", base64, 24, { judge: looksLikeToken }),
  token("npm", "npm_", "_", alphanumeric, 30, { judge: looksLikeToken }),
  token("hugging-face", "hf_", "_", alphanumeric, 30, { judge: looksLikeToken }),
  token("lathe", "lathe_", "_", word, 24, { judge: looksLikeToken }),
  token("vendor-key", "gsk_", "_", alphanumeric, 40),
  token("vendor-key", "xai-", "-", word, 40),
  token("vendor-key", "pplx-", "-", alphanumeric, 40),
  token("vendor-key", "nvapi-", "-", word, 40),
  token("vendor-key", "tvly-", "-", word, 24),
  token("vendor-key", "pypi-", "-", word, 50),
  token("vendor-key", "shpat_", "_", alphanumeric, 32),
  token("vendor-key", "dckr_pat_", "_", word, 24),
  token("vendor-key", "dop_v1_", "_", alphanumeric, 60),
  {
    ...token("jwt", "eyJ", "J", word, 0),
    accept: acceptWebToken,
    rest: restOfDottedRun,
  },
  {
    ...token("private-key", "-----BEGIN ", "B", base64, 0),
    anywhere: true,
    accept: acceptPrivateKey,
    rest: restOfPrivateKey,
  },
  ...["Bearer ", "bearer ", "Basic ", "basic "].map(
    (prefix): PrefixRule => ({
      ...token("authorization", prefix, prefix.charAt(0), credential, schemeMin),
      keepsPrefix: true,
    }),
  ),
];

interface Options {
  readonly judge?: Judge;
  readonly rest?: Rest;
}

function token(
  kind: Kind,
  prefix: string,
  trigger: string,
  flag: number,
  lengthMin: number,
  { judge = looksRandom, rest = restOfRun(flag) }: Options = {},
): PrefixRule {
  return {
    kind,
    prefix,
    triggerAt: prefix.indexOf(trigger),
    anywhere: false,
    keepsPrefix: false,
    accept: acceptRun(flag, lengthMin, judge),
    rest,
  };
}

function exact(kind: Kind, prefix: string, trigger: string): PrefixRule {
  return {
    ...token(kind, prefix, trigger, word, 16),
    accept: acceptExactly(16, isUpperOrDigit),
    rest: undefined,
  };
}
