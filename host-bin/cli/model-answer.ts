/** What `GET /api/models` answers. */
export interface ModelAnswer {
  /** The model of a conversation that asks for none. */
  readonly default: string | null;
  readonly items: readonly {
    readonly id: string;
    readonly provider: string;
    readonly contextTokens: number | null;
  }[];
  /** Providers that could not say what they have. */
  readonly failures: readonly { readonly provider: string; readonly message: string }[];
}
