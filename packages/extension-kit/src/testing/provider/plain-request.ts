import type { ProviderContext, ProviderRequest } from "@lathe/kernel";

/** A request that any adapter can send; what it asks does not matter. */
export function plainRequest(parts: Partial<ProviderRequest> = {}): ProviderRequest {
  return {
    model: "some-model",
    system: "Be brief.",
    messages: [{ role: "user", content: [{ type: "text", text: "Hello" }] }],
    tools: [],
    settings: {},
    conversationId: "cnv_1",
    ...parts,
  };
}

/** A context that never aborts by itself. */
export function quietContext(signal: AbortSignal = new AbortController().signal): ProviderContext {
  return { signal };
}
