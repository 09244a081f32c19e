import { afterAll, beforeAll } from 'vitest';
import { type Person, signUp } from './people.ts';
import { startTestService, type TestOptions, type TestService } from './service.ts';

/** The service of a test file, and a person who has signed up there. */
export interface Setup {
  readonly service: TestService;
  readonly ada: Person;
}

/** Starts a service before the tests of the enclosing `describe` or file, and stops it afterwards. */
export function setUp(options?: TestOptions): Setup {
  const at = {} as { service: TestService; ada: Person };
  beforeAll(async () => {
    at.service = await startTestService(options);
    at.ada = await signUp(at.service);
  });
  afterAll(() => at.service.stop());
  return at;
}
