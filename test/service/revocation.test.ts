import { afterAll, beforeAll } from 'vitest';
import { testRevocations } from '../harness/revocation-cases.ts';
import { startTestService, type TestService } from '../harness/service.ts';

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

testRevocations(() => ({ here: service, there: service }));
