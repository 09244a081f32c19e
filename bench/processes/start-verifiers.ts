import { type Forked, forkFile } from './forked.ts';

/** Starts Keyseal on a database of keys, in its own process. @param callers keys that take turns */
export function startVerifier(databaseUrl: string, callers: number): Promise<Forked<object>> {
  return forkFile(new URL('./verifiers/keyseal.js', import.meta.url), {
    BENCH_DATABASE_URL: databaseUrl,
    BENCH_CALLERS: String(callers),
  });
}
