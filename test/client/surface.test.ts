import { describe, expect, it } from 'vitest';
import * as session from '../../client/browser-session.ts';
import * as guard from '../../client/guard/index.ts';
import * as client from '../../client/index.ts';
import { UNBATCHED } from '../../client/links.ts';
import * as sign from '../../client/sign.ts';
import { builtInApi } from '../../server/app/router.ts';

describe('the client package', () => {
  it('exports what it promises, and nothing else', () => {
    expect(Object.keys(client).sort()).toEqual([
      ...['KeysealHttpError', 'KeysealRefusal', 'createKeysealClient', 'signRequest'],
    ]);
    expect(Object.keys(session)).toEqual(['createBrowserSession']);
    expect(Object.keys(sign)).toEqual(['signRequest']);
    expect(Object.keys(guard).sort()).toEqual(['admitted', 'createGuard', 'formatRefusal', 'permitted']);
  });

  it('knows which procedures go unsigned, by the session, or alone', () => {
    const guards = [...builtInApi.procedures].map(([name, { guard }]) => [name, guard.access] as const);
    const named = (access: string) => guards.filter(([, is]) => is === access).map(([name]) => name);
    const ways = (way: string) => Object.keys(UNBATCHED).filter((name) => UNBATCHED[name] === way);
    expect(ways('open').sort()).toEqual(named('public').sort());
    expect(ways('refresh')).toEqual(named('session'));
    const alone = [...builtInApi.procedures].filter(([, { guard }]) => guard.batch === false);
    expect(ways('alone')).toEqual(alone.map(([name]) => name));
  });
});
