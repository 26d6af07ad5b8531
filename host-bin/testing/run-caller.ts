// Calls the runs of a daemon as somebody, and tells what came back as it was sent.
import type { Run } from "@lathe/kernel";
import type { DaemonProcess } from "./daemon-process.ts";

/** One server-sent event, as its lines say it. */
export interface SentEvent {
  readonly event: string;
  /** Null where it has none. */
  readonly id: string | null;
  readonly data: unknown;
}

export interface StreamAnswer {
  readonly status: number;
  readonly events: readonly SentEvent[];
}

export class RunCaller {
  readonly #daemon: Pick<DaemonProcess, "url" | "token">;
  readonly #token: string;

  /** @param token the local one where absent */
  constructor(daemon: Pick<DaemonProcess, "url" | "token">, token: string = daemon.token) {
    this.#daemon = daemon;
    this.#token = token;
  }

  fetch(
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    return fetch(new URL(path, this.#daemon.url), {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  create(input: object, key?: string): Promise<Response> {
    const body = { kind: "turn", ...input };
    return this.fetch("POST", "/api/runs", body, key === undefined ? {} : { "idempotency-key": key });
  }

  async begin(input: object, key?: string): Promise<Run> {
    const answer = await this.create(input, key);
    if (answer.status !== 202) throw new Error(`${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as Run;
  }

  async get(id: string): Promise<Run> {
    return (await (await this.fetch("GET", `/api/runs/${id}`)).json()) as Run;
  }

  /** Settles with the run when it is over. */
  async over(id: string): Promise<Run> {
    for (;;) {
      const run = await this.get(id);
      if (run.endedAtMs !== null) return run;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Settles when the run's stream shows an event of this type. */
  async seen(id: string, type: string): Promise<void> {
    const answer = await this.fetch("GET", `/api/runs/${id}/stream`);
    const decoder = new TextDecoder();
    let text = "";
    for await (const chunk of answer.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      // What a client that joins is told at once stands within one event.
      if (text.includes(`event: ${type}\n`) || text.includes(`"type":"${type}"`)) return;
    }
    throw new Error(`The stream ended without ${type}.`);
  }

  /** Follows a run until its stream ends. */
  async follow(id: string, headers: Record<string, string> = {}, query = ""): Promise<StreamAnswer> {
    const answer = await this.fetch("GET", `/api/runs/${id}/stream${query}`, undefined, {
      accept: "text/event-stream",
      ...headers,
    });
    const text = await answer.text();
    return { status: answer.status, events: answer.status === 200 ? sentEvents(text) : [] };
  }
}

function sentEvents(text: string): readonly SentEvent[] {
  return text
    .split("\n\n")
    .filter((block) => block.startsWith("event: "))
    .map((block) => {
      const field = (name: string): string | undefined =>
        block
          .split("\n")
          .find((line) => line.startsWith(`${name}: `))
          ?.slice(name.length + 2);
      return {
        event: field("event") ?? "",
        id: field("id") ?? null,
        data: JSON.parse(field("data") ?? "null"),
      };
    });
}
