const PAUSES_MS = [200, 800, 2400];

/** Wait `ms`, or reject as soon as `signal` is aborted. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const timer = setTimeout(done, ms);
    function done(): void {
      signal?.removeEventListener("abort", stop);
      resolve();
    }
    function stop(): void {
      clearTimeout(timer);
      reject(signal?.reason);
    }
    signal?.addEventListener("abort", stop, { once: true });
  });
}

/** The first of `attempt`'s results that is not undefined, with longer pauses between; undefined after the last. */
export async function retried<T>(
  attempt: (last: boolean) => Promise<T | undefined>,
  signal?: AbortSignal,
  wait: typeof pause = pause,
): Promise<T | undefined> {
  for (const ms of PAUSES_MS) {
    const found = await attempt(false);
    if (found !== undefined) return found;
    await wait(ms, signal);
  }
  return attempt(true);
}
