// The network, loaded with its HTTP client when the first request is made: a daemon starts sooner without it.
import type { HttpRequest, HttpResponse, NetworkPower } from "@lathe/kernel";
import type { OpenNetwork } from "./network.ts";

export class LazyNetwork implements OpenNetwork {
  readonly power: NetworkPower = Object.freeze({
    request: (request: HttpRequest): Promise<HttpResponse> => this.#request(request),
  });
  #opening: Promise<OpenNetwork> | undefined;
  #open: OpenNetwork | undefined;
  #closed = false;

  async close(): Promise<void> {
    this.#closed = true;
    await (await this.#opening)?.close();
  }

  #request(request: HttpRequest): Promise<HttpResponse> {
    if (this.#open !== undefined) return this.#open.power.request(request);
    this.#opening ??= this.#load();
    return this.#opening.then((network) => network.power.request(request));
  }

  async #load(): Promise<OpenNetwork> {
    const { openNetwork } = await import("./network.ts");
    if (this.#closed) throw new Error("The network was closed.");
    this.#open = openNetwork();
    return this.#open;
  }
}
