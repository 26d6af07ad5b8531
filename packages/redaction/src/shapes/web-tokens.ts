// JSON Web Tokens (RFC 7519): parts in base64url, joined by dots, of which the first begins as `{"` does.
import { code, runEnd, word } from "../characters.ts";
import { type Accept, refused, undecided } from "./prefix-rule.ts";

const headerMin = 8;
const headerMax = 2_048;
const payloadMin = 8;

export const acceptWebToken: Accept = (text, from, isWhole) => {
  const dot = runEnd(text, from, word, from + headerMax);
  if (dot === text.length && dot < from + headerMax && !isWhole) return undecided;
  if (dot - from < headerMin || text.charCodeAt(dot) !== code.dot) return refused;
  const begin = dot + 1;
  const end = runEnd(text, begin, word, begin + payloadMin);
  if (end - begin === payloadMin) return end;
  return end === text.length && !isWhole ? undecided : refused;
};
