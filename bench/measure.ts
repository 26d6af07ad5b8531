// Measures the phases of one job in one process: the child of the harness, which alone runs the subject.
//
// CPU is `process.cpuUsage()`: user and system time of all threads, so that garbage collection,
// compilation and the worker threads of a store count. The model server is another process.

import { runConcurrently } from "./harness/concurrent.ts";
import { changingLookUp, lookUp } from "./harness/conversation.ts";
import type { Job, Phase, PhaseCost } from "./harness/phase.ts";
import { createPhaseWork, type PhaseWork } from "./harness/phase-work.ts";
import type { Session } from "./subject.ts";
import { loadSubject } from "./subjects.ts";

if (import.meta.main) process.once("message", (job: Job) => void answerJob(job));

async function answerJob(job: Job): Promise<void> {
  const costs = await measureJob(job);
  process.send?.(costs, () => process.disconnect());
}

/** Settles with the cost of each phase, by its name. Rejects where a turn did not do what it was asked for. */
export async function measureJob(job: Job): Promise<Record<string, PhaseCost>> {
  const subject = await loadSubject(job.subject);
  const session = await subject.open(job.baseUrl, {
    tools: [job.toolChanges ? changingLookUp : lookUp],
    stateDir: job.stateDir,
  });
  const costs: Record<string, PhaseCost> = {};
  for (const [name, phase] of Object.entries(job.phases)) {
    costs[name] = await measurePhase(phase, session, await createPhaseWork(phase, session, job.baseUrl));
  }
  await session.close();
  return costs;
}

async function measurePhase(phase: Phase, session: Session, work: PhaseWork): Promise<PhaseCost> {
  const { count, warmUpCount, concurrency } = phase;
  await work.prepare(warmUpCount + count);
  await runConcurrently(warmUpCount, concurrency, work.run);
  await session.settle();
  // Garbage of the phase before is not this phase's.
  globalThis.gc?.();
  const startedAtMs = performance.now();
  const cpuBefore = process.cpuUsage();
  await runConcurrently(count, concurrency, work.run);
  await session.settle();
  const cpu = process.cpuUsage(cpuBefore);
  const wallMs = performance.now() - startedAtMs;
  const rssBytes = process.memoryUsage.rss();
  globalThis.gc?.();
  return {
    cpuUs: (cpu.user + cpu.system) / count,
    wallUs: (wallMs * 1000) / count,
    rssBytes,
    heapUsedBytes: process.memoryUsage().heapUsed,
  };
}
