import { afterAll, beforeAll } from 'vitest';
import { startTestService, type TestService } from '../harness/service.ts';
import { takesAway } from '../harness/taken-away.ts';

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

takesAway(() => ({ here: service, there: service }));
