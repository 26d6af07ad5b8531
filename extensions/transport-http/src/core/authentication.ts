import type { Contributions, Logger } from "@lathe/kernel";
import type { Authenticator, PageSessions, Session } from "@lathe/wire";

/** Whose cookie this is, asked of who knows the pages. Where that breaks, it is nobody's, and told of in the log. */
export function recognizeWith(
  pageSessions: PageSessions | undefined,
  logger: Logger,
): (secret: string) => Session | undefined {
  return (secret) => {
    try {
      const session = secret === "" ? undefined : pageSessions?.recognize(secret);
      return session?.ended.aborted === true ? undefined : session;
    } catch {
      // What it threw may hold the secret.
      logger.log("error", "Who knows the signed-in pages broke, and a cookie was taken for nobody's.", {});
      return undefined;
    }
  };
}

/** Whose token this is, asked of everyone who knows callers. One that breaks knows nobody, and is told of in the log. */
export function authenticateWith(
  authenticators: Contributions<Authenticator>,
  logger: Logger,
): (token: string) => Session | undefined {
  return (token) => {
    if (token === "") return undefined;
    for (const { name, item } of authenticators.all()) {
      try {
        const session = item.authenticate(token);
        if (session !== undefined && !session.ended.aborted) return session;
      } catch {
        // What it threw may hold the token.
        logger.log("error", "An authenticator broke, and the token was taken for nobody's.", { name });
      }
    }
    return undefined;
  };
}
