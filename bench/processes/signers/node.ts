import { signRequest } from '../../../client/sign-request.ts';
import { CREDENTIALS, newRequest, SIGNED } from '../../fixtures/signing-fixture.ts';
import { offerRounds } from '../../load/rounds.ts';

/** Signs in this process. Each request is built for its call, so that building it counts too. */
offerRounds({
  signed: async () => async () => {
    const request = await signRequest(newRequest(), CREDENTIALS);
    return SIGNED.test(request.headers.get('x-signature') ?? '');
  },
  unsigned: async () => async () => newRequest().method === 'POST',
});
