// Which names say that their values are secret.

/** What a name promises of its value. A password may be any word; a credential looks like chance. */
export type SecretClass = "password" | "credential" | "authorization" | "cookie";

/** Undefined = nothing secret: `tokens`, `maxTokens`, `tokenCount`, `nextPageToken` are among these. */
export function secretClassOf(name: string): SecretClass | undefined {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, "");
  if (plain.endsWith("cookie")) return "cookie";
  if (plain.endsWith("authorization")) return "authorization";
  if (passwordEnding.test(plain) || shortPassword.test(name)) return "password";
  return credentialEnding.test(plain) && !harmlessToken.test(plain) ? "credential" : undefined;
}

const passwordEnding =
  /(?:password|passwd|passphrase|passcode|secret|secretkey|secretaccesskey|.pwd|passwords|secrets)$/;
const shortPassword = /(?:^|[_.-])(?:pass|PASS)$/;
const credentialEnding =
  /(?:token|(?:api|access|private|signing|encryption|master|account|shared|auth|session|service|deploy|ssh)key|credentials?|connectionstring)$|^auth$/;
const harmlessToken =
  /(?:page|next|continuation|sync|cancel|cancellation|max|min|eos|bos|pad|unk|cls|sep|mask|stop|end|start|special|per|last|first|prev|previous|current|input|output|context|prompt|completion|lookahead|syntax|public|keyword)(?:token|key)$|^(?:old)?pwd$/;

/** Whether a name can be one, from its last three characters (in any case): what most names are told apart by. */
export function mayEndSecretName(third: number, second: number, last: number): boolean {
  return endings[((third & 31) << 10) | ((second & 31) << 5) | (last & 31)] === 1;
}

const endings = new Uint8Array(1 << 15);
for (const ending of [
  "ord", // password
  "swd",
  "ase", // passphrase
  "ode", // passcode
  "ret",
  "key",
  "pwd",
  "rds", // passwords
  "ets",
  "ass",
  "ken",
  "ial",
  "als",
  "ion", // authorization
  "kie",
  "ing", // connectionstring
  "uth",
])
  endings[indexOf(ending)] = 1;

function indexOf(ending: string): number {
  let index = 0;
  for (const letter of ending) index = (index << 5) | (letter.charCodeAt(0) & 31);
  return index;
}
