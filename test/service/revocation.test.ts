import { afterAll, beforeAll } from 'vitest';
import { takesAway } from '../contract/taken-away.ts';
import { startTestService, type TestService } from '../harness/service.ts';

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

takesAway(() => ({ here: service, there: service }));
