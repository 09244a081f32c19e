import { signRequest } from '../../../client/sign-request.ts';
import { CREDENTIALS, newRequest, SIGNED } from '../../fixtures/signing-fixture.ts';

/** Signs in the page, one after the other. @returns microseconds for each. @throws if one was not signed */
async function sign(calls: number): Promise<number> {
  const before = performance.now();
  for (let n = 0; n < calls; n++) {
    const request = await signRequest(newRequest(), CREDENTIALS);
    if (!SIGNED.test(request.headers.get('x-signature') ?? '')) throw new Error('not signed');
  }
  return ((performance.now() - before) * 1000) / calls;
}

Object.assign(globalThis, { sign });
