// Until somebody can write a message: on this machine as it is, and as on a phone on a slow network.
import type { Page } from "playwright-core";
import type { Web } from "../use-web.ts";
import { median, type Row } from "./tables.ts";

interface Profile {
  readonly name: string;
  /** So many times slower than this machine. */
  readonly slowdown: number;
  readonly network: { readonly latencyMs: number; readonly bitsPerSecond: number } | null;
}

const profiles: readonly Profile[] = [
  { name: "as it is", slowdown: 1, network: null },
  {
    name: "processor 4x slower, 1.6 Mbit/s, 150 ms",
    slowdown: 4,
    network: { latencyMs: 150, bitsPerSecond: 1_600_000 },
  },
];

/** `cold`: nothing is in the browser's cache. `again`: the page was there before, and somebody is signed in. */
export async function measureFirstUse(web: Web, roundCount: number): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const profile of profiles) {
    const cold: number[] = [];
    const again: number[] = [];
    for (let round = 0; round < roundCount; round += 1) {
      const page = await web.openPage();
      await page.addInitScript(noteFirstUse);
      await slowDown(page, profile);
      await page.goto(`/#token=${web.daemon.token}`, { timeout: 120_000 });
      cold.push(await firstUseMs(page));
      await page.reload({ timeout: 120_000 });
      again.push(await firstUseMs(page));
      await web.endTest();
    }
    rows.push({ profile: profile.name, cold: median(cold), again: median(again), rounds: roundCount });
  }
  return rows;
}

async function slowDown(page: Page, { slowdown, network }: Profile): Promise<void> {
  const debug = await page.context().newCDPSession(page);
  await debug.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
  if (network === null) return;
  const bytesPerSecond = network.bitsPerSecond / 8;
  await debug.send("Network.enable");
  await debug.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: network.latencyMs,
    downloadThroughput: bytesPerSecond,
    uploadThroughput: bytesPerSecond / 2,
  });
}

type Noting = typeof globalThis & { firstUseMs?: number };

async function firstUseMs(page: Page): Promise<number> {
  await page.waitForFunction(() => (globalThis as Noting).firstUseMs !== undefined, null, {
    timeout: 120_000,
  });
  return await page.evaluate(() => (globalThis as Noting).firstUseMs ?? Number.NaN);
}

/** Runs in the page before its scripts: the field for a message is there, was drawn, and the thread is free. */
function noteFirstUse(): void {
  const observer = new MutationObserver(() => {
    if (document.querySelector("textarea") === null) return;
    observer.disconnect();
    requestAnimationFrame(() =>
      setTimeout(() => {
        (globalThis as Noting).firstUseMs = performance.now();
      }),
    );
  });
  observer.observe(document, { childList: true, subtree: true });
}
