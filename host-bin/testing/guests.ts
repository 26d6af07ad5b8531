// Two callers beside the local one, each with a token: what belongs to the one is none of the other's business.
import type { FoundExtension } from "@lathe/extension-host";
import type { Activate } from "@lathe/kernel";
import { type Authenticator, Authenticators, type Session } from "@lathe/wire";

export const guestTokens = {
  ann: "guest-ann-7fW2xQ9bLm4VtZs8Rk3Yp6",
  bob: "guest-bob-5hT1jN7cXg2QwEr9Ud4Kf8",
} as const;

const authenticators = Object.entries(guestTokens).map(([id, known]) => {
  const session: Session = {
    principal: { id, scopes: ["public", "read", "write"] },
    ended: new AbortController().signal,
  };
  const authenticator: Authenticator = {
    authenticate: (token) => (token === known ? session : undefined),
  };
  return { id, authenticator };
});

const activate: Activate = (host) => {
  for (const { id, authenticator } of authenticators) host.contribute(Authenticators, id, authenticator);
};

export const guests: FoundExtension = {
  folder: "guests",
  manifest: {
    kind: "json",
    json: {
      id: "guests",
      version: "0.1.0",
      kernel: "^0.1.0",
      description: "Lets two callers in for tests.",
      entry: "./guests.ts",
      contributes: { authenticators: authenticators.map(({ id }) => id) },
    },
  },
  load: async () => ({ activate }),
};
