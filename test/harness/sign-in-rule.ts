import { mutate, type Person } from './people.ts';
import type { TestService } from './service.ts';
import type { Answer } from './wire.ts';

/** Sets the sign-in rule of the workspace in which a session acts. */
export const setRule = (service: TestService, by: Person, signIn: object): Promise<Answer> =>
  mutate(service, by, 'workspaces.update', { signIn });
