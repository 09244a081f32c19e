import { signRequest } from '../../../client/sign-request.ts';
import { ServerClock } from '../../../client/signing/clock.ts';
import { createSigningFetch } from '../../../client/signing/signing-fetch.ts';
import { CREDENTIALS, newInit, newRequest, SIGNED, URL_OF_CALL } from '../../fixtures/signing-fixture.ts';
import { offerRounds } from '../../load/rounds.ts';

const answer = new Response('{}');
let sent = '';
/** What a typed client's calls go through, except that nothing is sent. */
const signingFetch = createSigningFetch(
  async ({ headers }) => {
    sent = headers['x-signature'] ?? '';
    return answer;
  },
  new ServerClock(),
  { credentials: async () => CREDENTIALS, renew: async () => false, mayBeRepeated: () => false },
);

/** Signs in this process. Each request is built for its call, so that building it counts too. */
offerRounds({
  typed: async () => async () => {
    await signingFetch(URL_OF_CALL, newInit());
    return SIGNED.test(sent);
  },
  signed: async () => async () => {
    const request = await signRequest(newRequest(), CREDENTIALS);
    return SIGNED.test(request.headers.get('x-signature') ?? '');
  },
  unsigned: async () => async () => newRequest().method === 'POST',
});
