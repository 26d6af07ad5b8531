// What is wrong with a body, from what the head says of it.
import { problem } from "@lathe/extension-kit";
import type { Problem } from "@lathe/wire";
import type { Headers } from "./request-head.ts";

const methodsWithBody: readonly string[] = ["POST", "PUT", "PATCH"];

export function announcesBody(headers: Headers): boolean {
  if (headers.has("transfer-encoding")) return true;
  return (headers.get("content-length") ?? []).some((length) => length.trim() !== "0");
}

export function checkBody(method: string, headers: Headers, bodyBytesMax: number): Problem | undefined {
  if (!methodsWithBody.includes(method))
    return problem(400, "unexpected-body", `A ${method} request carries no body here.`);
  const types = headers.get("content-type") ?? [];
  if (types.length !== 1 || !isJson(types[0] ?? "") || headers.has("content-encoding"))
    return problem(
      415,
      "unsupported-media-type",
      "A body must be sent as `Content-Type: application/json`, in UTF-8 and not compressed.",
    );
  const announcedBytes = Number(headers.get("content-length")?.[0] ?? 0);
  return announcedBytes > bodyBytesMax ? bodyTooLarge(bodyBytesMax) : undefined;
}

export function bodyTooLarge(bodyBytesMax: number): Problem {
  return problem(413, "body-too-large", `A body may have ${bodyBytesMax} bytes.`);
}

function isJson(contentType: string): boolean {
  const [type, ...parameters] = contentType.toLowerCase().split(";");
  return (
    type?.trim() === "application/json" &&
    parameters.every((parameter) => /^\s*charset="?utf-8"?\s*$/.test(parameter))
  );
}
