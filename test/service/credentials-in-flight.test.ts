import { afterAll, beforeAll } from 'vitest';
import { testRevocationsInFlight, WORKLOAD_ISSUERS } from '../harness/credentials-in-flight.ts';
import { testPreviewsInFlight } from '../harness/previews-in-flight.ts';
import { testProofsInFlight } from '../harness/proofs-in-flight.ts';
import { startTestService, type TestService } from '../harness/service.ts';

let service: TestService;

beforeAll(async () => {
  service = await startTestService({
    env: { KEYSEAL_ADDRESS_FAILURES: '1000000', KEYSEAL_ISSUERS: WORKLOAD_ISSUERS },
  });
});
afterAll(() => service.stop());

testRevocationsInFlight(() => ({ here: service, there: service }));
testPreviewsInFlight(() => ({ here: service, there: service }));
testProofsInFlight(() => ({ here: service, there: service }));
