// Puts the calls of one answer together from their deltas.
//
// Servers disagree on how a delta names its call: by index (OpenAI), by index with gaps, by id alone, by nothing at
// all (the call in progress is meant), and some say index 0 for every call. An id that differs always begins a call.
import { type EventBatch, type JsonObject, objectOf, textOf } from "@lathe/extension-kit";

interface GrowingCall {
  /** Unique within the answer: the server's id where it is, else one that was made up. */
  readonly callId: string;
  readonly serverId: string | undefined;
  name: string;
  argumentsText: string;
  started: boolean;
}

export class CallAssembly {
  readonly #newCallId: () => string;
  readonly #calls: GrowingCall[] = [];
  readonly #byIndex = new Map<number, GrowingCall>();
  readonly #byServerId = new Map<string, GrowingCall>();

  constructor(newCallId: () => string) {
    this.#newCallId = newCallId;
  }

  get count(): number {
    return this.#calls.length;
  }

  /** Takes one entry of `tool_calls`. */
  take(entry: JsonObject, batch: EventBatch): void {
    const called = objectOf(entry.function) ?? entry;
    const name = textOf(called.name) ?? "";
    const call = this.#callOf(entry, name);
    const piece = argumentsOf(called);
    call.argumentsText += piece;
    // The name comes first, except from servers that repeat it or send it late; it never comes in pieces.
    if (call.name === "") call.name = name;
    if (call.started) batch.addArguments(call.callId, piece);
    else if (call.name !== "") start(call, batch);
  }

  /** The answer is whole, and so are its calls. */
  end(batch: EventBatch): void {
    for (const call of this.#calls) {
      if (!call.started) start(call, batch);
      batch.endCall(call.callId, call.name, call.argumentsText);
    }
  }

  #callOf(entry: JsonObject, name: string): GrowingCall {
    const serverId = textOf(entry.id);
    const index = typeof entry.index === "number" ? entry.index : undefined;
    if (index !== undefined) {
      const known = this.#byIndex.get(index);
      if (known !== undefined && (serverId === undefined || serverId === known.serverId)) return known;
      return this.#begin(serverId, index);
    }
    if (serverId !== undefined) return this.#byServerId.get(serverId) ?? this.#begin(serverId, index);
    const last = this.#calls.at(-1);
    const continues = last !== undefined && (name === "" || last.name === "");
    return continues ? last : this.#begin(serverId, index);
  }

  #begin(serverId: string | undefined, index: number | undefined): GrowingCall {
    const isFree = serverId !== undefined && !this.#byServerId.has(serverId);
    const callId = isFree ? serverId : this.#newCallId();
    const call: GrowingCall = { callId, serverId, name: "", argumentsText: "", started: false };
    this.#calls.push(call);
    if (isFree) this.#byServerId.set(serverId, call);
    if (index !== undefined) this.#byIndex.set(index, call);
    return call;
  }
}

function start(call: GrowingCall, batch: EventBatch): void {
  call.started = true;
  batch.startCall(call.callId, call.name);
  batch.addArguments(call.callId, call.argumentsText);
}

/** Some servers send the arguments as an object. */
function argumentsOf(called: JsonObject): string {
  const given = called.arguments;
  if (typeof given === "string") return given;
  return objectOf(given) === undefined ? "" : JSON.stringify(given);
}
