import { expect, test } from "vitest";
import { parseBaseUrl } from "./base-url.ts";

test("paths go behind the base's own path, and queries together", () => {
  expect(parseBaseUrl("https://a.example/v1").at("models")).toBe("https://a.example/v1/models");
  expect(parseBaseUrl(" https://a.example/v1/ ").at("models")).toBe("https://a.example/v1/models");
  expect(parseBaseUrl("https://a.example").at("v1/models", "limit=9")).toBe(
    "https://a.example/v1/models?limit=9",
  );
  expect(parseBaseUrl("https://a.example/o?api-version=1").at("models", "limit=9")).toBe(
    "https://a.example/o/models?api-version=1&limit=9",
  );
});

test("what is on this machine needs no key", () => {
  for (const host of ["localhost:11434", "127.0.0.1", "127.8.9.1:80", "[::1]:8080"]) {
    expect(parseBaseUrl(`http://${host}/v1`).isLoopback).toBe(true);
  }
  for (const host of ["127.0.0.1.evil.example", "localhost.example", "10.0.0.1", "0.0.0.0"]) {
    expect(parseBaseUrl(`http://${host}/v1`).isLoopback).toBe(false);
  }
});

test("what cannot be asked, or holds a password, is refused without repeating it", () => {
  for (const text of ["", "a.example/v1", "file:///etc", "ftp://a.example"]) {
    expect(() => parseBaseUrl(text)).toThrow(TypeError);
  }
  expect(() => parseBaseUrl("https://me:hunter2@a.example")).toThrow(/user name or a password/);
  expect(() => parseBaseUrl("https://me:hunter2@a.example")).not.toThrow(/hunter2/);
});
