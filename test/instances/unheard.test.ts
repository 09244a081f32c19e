import { expect } from 'vitest';
import { CallBroadcast } from '../../server/stores/live-tail/call-broadcast.ts';
import { LiveTailHub } from '../../server/stores/live-tail/hub.ts';
import { freshPostgres } from '../harness/fresh.ts';
import { requires } from '../harness/requires.ts';
import { startTestService } from '../harness/service.ts';

requires('postgres').test(
  'B2: an instance whose notifications do not arrive shows its own calls, once each, and resumes',
  async () => {
    const service = await startTestService({ env: { DATABASE_URL: await freshPostgres() } });
    const { database } = service.running.service.stores;
    // A notification stays within its database: a listener in another one hears nothing.
    const elsewhere = await freshPostgres();
    const hub = new LiveTailHub((tails) => new CallBroadcast(database, elsewhere, tails));
    const call = (requestId: string) => {
      const more = { procedure: 'exemple', outcome: 'OK', durationMs: 1, address: null, pair: null } as const;
      hub.publish({ keyId: 'abcdefghijkl', at: 1, requestId, ...more }, ['sponsor', 'workspace', 'key']);
    };
    const { signal } = new AbortController();
    try {
      const tail = await hub.open('abcdefghijkl', ['sponsor', 'workspace'], null);
      call('first');
      expect(await tail.next(signal)).toMatchObject({ item: { requestId: 'first' } });
      tail.close();
      call('second');
      // Behind it, as soon as it is there.
      const probe = await hub.open('abcdefghijkl', ['sponsor', 'workspace'], null);
      call('third');
      let last: unknown;
      while (JSON.stringify(last)?.includes('third') !== true) last = await probe.next(signal);
      const again = await hub.open('abcdefghijkl', ['sponsor', 'workspace'], tail.startsAt);
      const resumed = [];
      for (let n = 0; n < 3; n++) resumed.push(await again.next(signal));
      expect(resumed).toMatchObject(
        ['first', 'second', 'third'].map((requestId) => ({ item: { requestId } })),
      );
      expect(await again.next(AbortSignal.timeout(300))).toBeNull();
    } finally {
      await hub.close();
      await service.stop();
    }
  },
);
