import { queriesOf } from './queries.ts';
import type { TestService } from './service.ts';
import { type Draft, send, withHeader } from './wire.ts';

/** The answers to a flood, and its cost. */
export interface Flooded {
  /** How often each reason was answered; `OK` where none was. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Selects that the service ran in the meantime. */
  readonly queries: number;
  /** The lookups that a pace allows in the time that the flood took. */
  readonly allowed: (burst: number, perSecond: number) => number;
}

/** Connections of a flood at the same time. */
const AT_ONCE = 40;

/** Sends requests over sockets, many at the same time. Needs a service that trusts 127.0.0.1 as its proxy. */
export async function flood(
  service: TestService,
  count: number,
  draftOf: (n: number) => Draft,
  addressOf: (n: number) => string = () => '198.51.100.1',
): Promise<Flooded> {
  const reasons: Record<string, number> = {};
  const begun = performance.now();
  const queries = await queriesOf(service, () =>
    inParallel(count, async (n) => {
      const { reason = 'OK' } = await send(service.port, from(draftOf(n), addressOf(n)));
      reasons[reason] = (reasons[reason] ?? 0) + 1;
    }),
  );
  const seconds = (performance.now() - begun) / 1000;
  return { reasons, queries, allowed: (burst, perSecond) => burst + perSecond * seconds };
}

/** The same draft, as it comes from an address through a proxy on this machine. */
export const from = (draft: Draft, address: string): Draft => withHeader(draft, 'x-forwarded-for', address);

async function inParallel(count: number, run: (n: number) => Promise<void>): Promise<void> {
  let next = 0;
  const work = async () => {
    while (next < count) await run(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}
