import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { type HttpResponse, NetworkError, type NetworkPower } from "@lathe/kernel";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import { type NetworkOptions, openNetwork } from "./network.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function listen(
  server: { listen(port: number, host: string): unknown } & NodeJS.EventEmitter,
): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `127.0.0.1:${((server as Server).address() as AddressInfo).port}`;
}

async function serve(answer: Answer): Promise<string> {
  const server = createServer(answer);
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://${await listen(server)}`;
}

/** A server that sees bytes: what it does with a connection is the test's to say. */
async function serveRaw(onConnection: (socket: Socket, count: number) => void): Promise<string> {
  let count = 0;
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket.on("error", () => undefined));
    onConnection(socket, ++count);
  });
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://${await listen(server)}`;
}

function open(options?: NetworkOptions): NetworkPower {
  const network = openNetwork(options);
  closers.push(() => network.close());
  return network.power;
}

const patient = new AbortController().signal;
function get(network: NetworkPower, url: string, signal: AbortSignal = patient): Promise<HttpResponse> {
  return network.request({ method: "GET", url, headers: {}, signal });
}
function post(
  network: NetworkPower,
  url: string,
  body: string,
  signal: AbortSignal = patient,
): Promise<HttpResponse> {
  return network.request({ method: "POST", url, headers: { "content-type": "text/plain" }, body, signal });
}
async function text(response: HttpResponse): Promise<string> {
  const decoder = new TextDecoder();
  let all = "";
  for await (const piece of response.body) all += decoder.decode(piece, { stream: true });
  return all + decoder.decode();
}
/** A connection can be used again one turn of the event loop after its answer ended. */
async function connectionIsFree(): Promise<void> {
  for (let turns = 0; turns < 3; turns++) await new Promise((resolve) => setImmediate(resolve));
}
async function codeOf(work: Promise<unknown>): Promise<string> {
  const failure = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(failure).toBeInstanceOf(NetworkError);
  return (failure as NetworkError).code;
}

test("T4: pieces that were handed over stay as they are while more comes", async () => {
  const sent = Array.from({ length: 400 }, (_, index) => `${index} `.repeat(2_000)).join("");
  const url = await serve(async (_request, response) => {
    for (let at = 0; at < sent.length; at += 30_011) {
      if (!response.write(sent.slice(at, at + 30_011))) await once(response, "drain");
    }
    response.end();
  });
  const pieces: Uint8Array[] = [];
  for await (const piece of (await get(open(), url)).body) pieces.push(piece);
  expect(pieces.length).toBeGreaterThan(3);
  expect(Buffer.concat(pieces).equals(Buffer.from(sent))).toBe(true);
});

describe("an answer", () => {
  test("comes with its status, its headers in lower case, and its body", async () => {
    const url = await serve((request, response) => {
      response.writeHead(201, { "X-Answer": "yes", "Set-Cookie": ["a=1", "b=2"] });
      request.pipe(response);
    });
    const response = await post(open(), `${url}/path?q=1`, "héllo");
    expect(response.status).toBe(201);
    expect(response.headers["x-answer"]).toBe("yes");
    expect(response.headers["set-cookie"]).toBe("a=1, b=2");
    expect(await text(response)).toBe("héllo");
  });

  test("settles at its head, before its body", async () => {
    let release: () => void = () => undefined;
    const url = await serve((_request, response) => {
      response.flushHeaders();
      release = () => response.end("late");
    });
    const response = await get(open(), url);
    release();
    expect(await text(response)).toBe("late");
  });

  test("asks for no compression", async () => {
    const url = await serve((request, response) => response.end(JSON.stringify(request.headers)));
    const headers = JSON.parse(await text(await get(open(), url))) as Record<string, string>;
    expect(headers["accept-encoding"]).toBeUndefined();
  });

  test("F10: a redirect is an answer like any other, and is not followed", async () => {
    let asked = 0;
    const other = await serve((_request, response) => {
      asked++;
      response.end();
    });
    const url = await serve((_request, response) => response.writeHead(307, { location: other }).end());
    const response = await get(open(), url);
    expect(response.status).toBe(307);
    expect(response.headers.location).toBe(other);
    await text(response);
    expect(asked).toBe(0);
  });

  test("pieces that come with one read are handed over as one", async () => {
    const pieces = Array.from({ length: 200 }, (_, index) => `piece ${index};`);
    const url = await serveRaw((socket) => {
      socket.once("data", () => {
        const body = pieces.map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`).join("");
        socket.write(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${body}0\r\n\r\n`);
      });
    });
    const response = await get(open(), url);
    const sizes: number[] = [];
    for await (const piece of response.body) sizes.push(piece.length);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(pieces.join("").length);
    expect(sizes.length).toBeLessThan(10);
  });
});

describe("connections", () => {
  test("are kept for the next request, also after an empty or a large body", async () => {
    const ports = new Set<number | undefined>();
    const url = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      response.end("x".repeat(request.url === "/large" ? 3_000_000 : 0));
    });
    const network = open();
    for (const path of ["/", "/large", "/", "/large"]) {
      await text(await get(network, url + path));
      await connectionIsFree();
    }
    expect(ports.size).toBe(1);
  });

  test("a reader that pauses stops the server", async () => {
    let written = 0;
    const total = 64 * 1_048_576;
    const block = Buffer.alloc(65_536);
    const url = await serve((_request, response) => {
      const more = (): void => {
        while (written < total) {
          written += block.length;
          if (!response.write(block)) return void response.once("drain", more);
        }
        response.end();
      };
      more();
    });
    const response = await get(open(), url);
    const body = response.body[Symbol.asyncIterator]();
    await body.next();
    let before = -1;
    while (before !== written) {
      before = written;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(written).toBeLessThan(total / 2);
    let received = 0;
    for (let next = await body.next(); next.done !== true; next = await body.next())
      received += next.value.length;
    expect(written).toBe(total);
    expect(received).toBeGreaterThan(total - 1_048_576);
  });

  test("leaving a body early closes its connection", async () => {
    const closed = Promise.withResolvers<void>();
    const url = await serve((request, response) => {
      request.socket.on("close", () => closed.resolve());
      response.write("first");
    });
    for await (const _piece of (await get(open(), url)).body) break;
    await closed.promise;
  });

  test("F4: a connection that the server closes under a request is reported, and the request is not sent again", async () => {
    const requests: string[] = [];
    const url = await serveRaw((socket, count) => {
      socket.on("data", (bytes) => {
        requests.push(`${count}: ${bytes.toString("latin1").split(" ")[0]}`);
        if (requests.length === 1) socket.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        else socket.destroy();
      });
    });
    const network = open();
    await text(await post(network, url, "one"));
    await connectionIsFree();
    expect(await codeOf(post(network, url, "two"))).toBe("reset");
    expect(requests).toEqual(["1: POST", "1: POST"]);
  });

  test("close ends the requests that are under way", async () => {
    const url = await serve((_request, response) => response.flushHeaders());
    const network = openNetwork();
    const response = await get(network.power, url);
    const ending = codeOf(text(response));
    await network.close();
    expect(await ending).toBe("reset");
  });
});

describe("failures", () => {
  test("F4: a refused connection", async () => {
    const server = createServer();
    const host = await listen(server);
    server.close();
    await once(server, "close");
    const asked = get(open(), `http://${host}/secret?key=hidden`);
    await expect(asked).rejects.toMatchObject({ code: "refused", message: expect.stringContaining(host) });
    await expect(asked).rejects.toMatchObject({ message: expect.not.stringContaining("hidden") });
  });

  test("F4: a host that does not exist", async () => {
    expect(await codeOf(get(open(), "http://nowhere.invalid/"))).toBe("no-such-host");
  });

  test("F4: a server that does not speak TLS", async () => {
    const url = await serveRaw((socket) =>
      socket.once("data", () => socket.write("HTTP/1.1 400 Bad Request\r\n\r\n")),
    );
    expect(await codeOf(get(open(), url.replace("http:", "https:")))).toBe("tls");
  });

  test("F4: a handshake that the server breaks off", async () => {
    const server = createTlsServer({});
    server.on("tlsClientError", () => undefined);
    closers.push(() => server.close());
    const host = await listen(server);
    expect(["tls", "reset"]).toContain(await codeOf(get(open(), `https://${host}/`)));
  });

  test("F4: a reset before and within the head", async () => {
    for (const said of ["", "HTTP/1.1 200 OK\r\ncontent-ty"]) {
      const url = await serveRaw((socket) => {
        socket.once("data", () => (said === "" ? socket.resetAndDestroy() : socket.end(said)));
      });
      expect(await codeOf(get(open(), url))).toBe("reset");
    }
  });

  test("what is not HTTP", async () => {
    const url = await serveRaw((socket) => socket.once("data", () => socket.write("220 smtp ready\r\n")));
    expect(await codeOf(get(open(), url))).toBe("reset");
  });

  test("F5: a body that breaks off delivers what came, then fails", async () => {
    const url = await serveRaw((socket) => {
      socket.once("data", () =>
        socket.end("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n"),
      );
    });
    const seen: string[] = [];
    const reading = (async () => {
      for await (const piece of (await get(open(), url)).body) seen.push(Buffer.from(piece).toString());
    })();
    expect(await codeOf(reading)).toBe("reset");
    expect(seen).toEqual(["hello"]);
  });

  test("F7: a head and a body that take too long", async () => {
    const url = await serve((request, response) => {
      if (request.url === "/body") response.write("first");
    });
    const network = open({ headersTimeoutMs: 100, bodyTimeoutMs: 100 });
    expect(await codeOf(get(network, `${url}/head`))).toBe("timeout");
    expect(await codeOf(text(await get(network, `${url}/body`)))).toBe("timeout");
  });

  test("a URL that cannot be requested, and one that holds a password, which is not repeated", async () => {
    for (const url of ["no url", "file:///etc/passwd", "data:text/plain,x", "ftp://a/b"]) {
      expect(await codeOf(get(open(), url))).toBe("invalid-url");
    }
    const asked = get(open(), "http://user:hunter2@127.0.0.1/");
    await expect(asked).rejects.toMatchObject({
      code: "invalid-url",
      message: expect.not.stringContaining("hunter2"),
    });
  });

  test("a header that cannot be sent is refused without showing it", async () => {
    const url = await serve((_request, response) => response.end());
    const asked = open().request({
      method: "GET",
      url,
      headers: { authorization: "a\nsecret" },
      signal: patient,
    });
    await expect(asked).rejects.toMatchObject({
      code: "invalid-url",
      message: expect.not.stringContaining("secret"),
    });
  });
});

describe("abort", () => {
  test("before the request", async () => {
    expect(await codeOf(get(open(), "http://127.0.0.1:9/", AbortSignal.abort()))).toBe("aborted");
  });

  test("while it connects", async () => {
    const controller = new AbortController();
    const asked = codeOf(get(open(), "http://192.0.2.1/", controller.signal));
    controller.abort();
    expect(await asked).toBe("aborted");
  });

  test("while it waits for the head, and the connection is closed", async () => {
    const arrived = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<void>();
    const url = await serve((request) => {
      request.socket.on("close", () => closed.resolve());
      arrived.resolve();
    });
    const controller = new AbortController();
    const asked = codeOf(get(open(), url, controller.signal));
    await arrived.promise;
    controller.abort();
    expect(await asked).toBe("aborted");
    await closed.promise;
  });

  test("in the body: what is waited for rejects at once, and what was held is not delivered", async () => {
    const url = await serve((_request, response) => response.write("first"));
    const controller = new AbortController();
    const body = (await get(open(), url, controller.signal)).body[Symbol.asyncIterator]();
    await body.next();
    const next = codeOf(body.next());
    controller.abort();
    expect(await next).toBe("aborted");
    expect(await codeOf(body.next())).toBe("aborted");
  });

  test("after the end leaves no listener on the signal", async () => {
    const url = await serve((_request, response) => response.end("done"));
    const controller = new AbortController();
    const listeners = new Set<unknown>();
    const { addEventListener, removeEventListener } = controller.signal;
    controller.signal.addEventListener = (...given: Parameters<typeof addEventListener>) => {
      listeners.add(given[1]);
      addEventListener.apply(controller.signal, given);
    };
    controller.signal.removeEventListener = (...given: Parameters<typeof removeEventListener>) => {
      listeners.delete(given[1]);
      removeEventListener.apply(controller.signal, given);
    };
    onTestFinished(() => controller.abort());
    expect(await text(await get(open(), url, controller.signal))).toBe("done");
    expect(listeners.size).toBe(0);
  });
});
