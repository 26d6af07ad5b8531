// Watches the pages of a test: whatever they complain of, and whatever leaves the origin, is a failure of the test.
import type { BrowserContext, ConsoleMessage, Page, Request } from "playwright-core";

interface Violation {
  readonly directive: string;
  readonly blocked: string;
  readonly sample: string;
}

export class PageGuard {
  readonly #complaints: string[] = [];
  readonly #expected: RegExp[] = [];
  /** Every URL that was asked for, or tried. */
  readonly urls: string[] = [];

  /** Watches all tabs of the context; `origin` is the one that they may talk to. */
  async watch(context: BrowserContext, origin: string): Promise<void> {
    context.on("console", (message) => this.#hear(message));
    context.on("weberror", (failure) => this.#complain(`uncaught: ${failure.error().stack}`));
    context.on("request", (request) => this.#see(request.url(), origin));
    context.on("requestfailed", (request) => this.#judgeFailure(request));
    context.on("dialog", (dialog) => {
      this.#complain(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    context.on("page", (page) => this.#watchPage(page, origin));
    await context.exposeBinding("reportPolicyViolation", (_source, violation: Violation) =>
      this.#complain(`policy violated: ${JSON.stringify(violation)}`),
    );
    await context.addInitScript(reportViolations);
  }

  /** What matches is part of the test, such as connections that are refused while the daemon is down. */
  expect(...complaints: readonly RegExp[]): void {
    this.#expected.push(...complaints);
  }

  /** Throws with everything that nobody expected. */
  check(): void {
    const unexpected = this.#complaints.filter((one) => !this.#expected.some((pattern) => pattern.test(one)));
    if (unexpected.length > 0) throw new Error(`The page complained:\n${unexpected.join("\n")}`);
  }

  #watchPage(page: Page, origin: string): void {
    page.on("websocket", (socket) => this.#see(socket.url().replace(/^ws/, "http"), origin));
    page.on("crash", () => this.#complain("the page crashed"));
    page.on("download", (download) => this.#complain(`a download: ${download.url()}`));
  }

  #hear(message: ConsoleMessage): void {
    if (!["error", "warning", "assert"].includes(message.type())) return;
    this.#complain(`console ${message.type()}: ${message.text()} (${message.location().url})`);
  }

  #see(url: string, origin: string): void {
    this.urls.push(url);
    if (new URL(url).origin !== origin) this.#complain(`left the origin: ${url}`);
  }

  #judgeFailure(request: Request): void {
    const reason = request.failure()?.errorText ?? "no reason";
    // What a page asked for ends so when the page leaves, or no longer wants it.
    if (reason !== "net::ERR_ABORTED") this.#complain(`request failed: ${reason} ${request.url()}`);
  }

  #complain(text: string): void {
    this.#complaints.push(text);
  }
}

/** Runs in every page before its own scripts. */
function reportViolations(): void {
  const { reportPolicyViolation } = window as unknown as {
    reportPolicyViolation(violation: Violation): void;
  };
  addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI, sample }) =>
    reportPolicyViolation({ directive: effectiveDirective, blocked: blockedURI, sample }),
  );
}
