// Asks a server for its list of models.
import { type HttpResponse, type JsonObject, ProviderError, type ProviderFailure } from "@lathe/kernel";
import { readText, type ServerDesk } from "./ask-server.ts";
import { failureOfNetwork, failureOfRefusal, malformed, type ServerName } from "./failure.ts";
import { listOf, objectOf, parseJson, tokenCount, type Unchecked } from "./json-access.ts";

const listBytesMax = 8_388_608;

/**
 * The entries of `{"data": [...]}`, of `{"models": [...]}` or of a bare list; entries that are no objects are left
 * out. Throws ProviderError.
 */
export async function askModels(
  server: ServerName,
  url: string,
  headers: Readonly<Record<string, string>>,
  desk: ServerDesk,
  signal: AbortSignal,
): Promise<readonly JsonObject[]> {
  let response: HttpResponse;
  try {
    response = await desk.network.request({ method: "GET", url, headers, signal });
  } catch (cause) {
    throw new ProviderError(failureOfNetwork(server, cause, "head"), { cause });
  }
  const pieces = response.body[Symbol.asyncIterator]();
  const text = await readText(pieces, listBytesMax);
  await pieces.return?.();
  return entriesOf(server, response, text, desk.clock.nowMs());
}

/** The first of the given members that is a count of tokens above 0: servers call it by many names. */
export function firstTokenCount(...values: readonly Unchecked[]): number | null {
  for (const value of values) {
    const count = tokenCount(value);
    if (count !== null && count > 0) return count;
  }
  return null;
}

function entriesOf(
  server: ServerName,
  { status, headers }: HttpResponse,
  text: string,
  nowMs: number,
): readonly JsonObject[] {
  if (status < 200 || status > 299) throw failed(failureOfRefusal(server, { status, headers, text }, nowMs));
  const json = parseJson(text);
  const outer = objectOf(json);
  const list = Array.isArray(json) ? json : (outer?.data ?? outer?.models);
  if (!Array.isArray(list))
    throw failed(malformed(server, "answered with something that is no list of models."));
  return listOf(list)
    .map(objectOf)
    .filter((entry) => entry !== undefined);
}

function failed(failure: ProviderFailure): ProviderError {
  return new ProviderError(failure);
}
