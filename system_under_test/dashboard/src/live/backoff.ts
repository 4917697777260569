const BASE_MS = 500;
const MAX_MS = 10_000;

/** How long to wait before try number `attempt` (from 0); half of it random, so that pages
 * that lost the same server do not all reconnect together. `random` is from 0 to 1. */
export function backoffMs(attempt: number, random: number): number {
  return Math.min(MAX_MS, BASE_MS * 2 ** Math.min(attempt, 10)) * (0.5 + 0.5 * random);
}
