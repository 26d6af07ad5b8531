// What the harness measures: something that carries out turns against a chat completions server.

export interface Subject {
  readonly name: string;
  /** Opens a session in this process. `baseUrl` is the base URL of the API. The caller must close it. */
  open(baseUrl: string, options: SubjectOptions): Promise<Session>;
}

export interface SubjectOptions {
  readonly tools: readonly BenchTool[];
  /** An empty folder of this session alone; removed afterwards. */
  readonly stateDir: string;
}

export interface Session {
  /**
   * Makes `turnCount` conversations ready that hold `history`, one for each of the next turns with this very array.
   *
   * Called outside of what is measured, for subjects that keep conversations in a store.
   */
  prepare?(history: readonly HistoryMessage[], turnCount: number): Promise<void>;
  /** Carries out one turn in a conversation of its own. Many turns may be under way at once. */
  turn(request: TurnRequest): Promise<TurnResult>;
  /** Settles when everything that the turns recorded is on disk. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

export interface TurnRequest {
  /** The earlier messages of the conversation, oldest first. */
  readonly history: readonly HistoryMessage[];
  readonly text: string;
  readonly model: string;
  /** Receives each piece of the answer's text, in order. */
  readonly onText: (text: string) => void;
}

export interface TurnResult {
  /** The text of the final answer. */
  readonly text: string;
  /** Tokens of all model calls of the turn. */
  readonly usage: { readonly inputTokens: number; readonly outputTokens: number };
  /** Model calls, the final one included: a turn of K tool steps has K + 1. */
  readonly steps: number;
}

export interface HistoryMessage {
  readonly role: "user" | "assistant";
  readonly content: string;
}

export interface BenchTool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the input. */
  readonly parameters: object;
  /** It is said to change something, so that it cannot be run again when nobody knows how it ended. */
  readonly changes: boolean;
  execute(input: unknown): Promise<string>;
}
