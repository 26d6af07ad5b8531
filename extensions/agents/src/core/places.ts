// Which conversations have a turn in progress. A place is taken before anything is awaited, so that there is one at most.

export interface Place {
  readonly conversationId: string;
  /** The run of the turn at this place, once it is stored; undefined until then. */
  runId: string | undefined;
  /** Aborts the turn. */
  readonly stopping: AbortController;
  /** Settles when the turn has sealed, or was given up; exchanged when the turn begins to run. Never rejects. */
  sealed: Promise<void>;
}

export class Places {
  readonly #taken = new Map<string, Place>();

  /** The place of the conversation, until it is left; undefined where somebody has it. */
  take(conversationId: string, sealed: Promise<void>, runId?: string): Place | undefined {
    if (this.#taken.has(conversationId)) return undefined;
    const place: Place = { conversationId, runId, stopping: new AbortController(), sealed };
    this.#taken.set(conversationId, place);
    return place;
  }

  /** Who hears that the place is free may have taken it already: then nothing happens. */
  leave(place: Place): void {
    if (this.#taken.get(place.conversationId) === place) this.#taken.delete(place.conversationId);
  }

  get(conversationId: string): Place | undefined {
    return this.#taken.get(conversationId);
  }

  all(): readonly Place[] {
    return [...this.#taken.values()];
  }
}

/** Settles when the turn at this place is over. */
export async function settled(place: Place): Promise<void> {
  for (let seen: Promise<void> | undefined; seen !== place.sealed; ) {
    seen = place.sealed;
    await seen;
  }
}
