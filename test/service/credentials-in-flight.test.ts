import { afterAll, beforeAll } from 'vitest';
import { testRevocationsInFlight } from '../harness/credentials-in-flight.ts';
import { startTestService, type TestService } from '../harness/service.ts';

let service: TestService;

beforeAll(async () => {
  service = await startTestService({ env: { KEYSEAL_ADDRESS_FAILURES: '1000000' } });
});
afterAll(() => service.stop());

testRevocationsInFlight(() => ({ here: service, there: service }));
