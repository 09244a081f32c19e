import { TOTP } from 'otpauth';
import { callPublic, mutate, type Person } from './people.ts';
import type { TestService } from './service.ts';
import type { Answer } from './wire.ts';

/** Unix milliseconds of a time step. */
export const STEP_MS = 30_000;

/** A clock that stands still, so that no time step ends during a test. */
export class StoppedClock {
  #at = Date.now();

  /** Unix milliseconds. */
  readonly now = (): number => this.#at;

  /** Sets it to the current time. */
  reset(): void {
    this.#at = Date.now();
  }

  advance(milliseconds: number): void {
    this.#at += milliseconds;
  }
}

/** The code that an authenticator app shows. @param at unix milliseconds */
export const codeAt = (secret: string, at: number): string =>
  new TOTP({ secret }).generate({ timestamp: at });

/** A second factor as its person holds it. */
export interface HeldFactor {
  readonly secret: string;
  readonly recoveryCodes: readonly string[];
}

export async function beginFactor(service: TestService, who: Person): Promise<string> {
  const answer = await mutate(service, who, 'secondFactor.begin', { password: who.password });
  if (answer.status !== 200) throw new Error(`secondFactor.begin: ${answer.text}`);
  return answer.json.result.data.secret;
}

/** Sets up a second factor. The code of the step of `at` is used up. */
export async function setUpFactor(service: TestService, who: Person, at = Date.now()): Promise<HeldFactor> {
  const secret = await beginFactor(service, who);
  const answer = await mutate(service, who, 'secondFactor.confirm', { code: codeAt(secret, at) });
  if (answer.status !== 200) throw new Error(`secondFactor.confirm: ${answer.text}`);
  return { secret, recoveryCodes: answer.json.result.data.recoveryCodes };
}

/** Shows the password, and returns the challenge. */
export async function challengeOf(service: TestService, { email, password }: Person): Promise<string> {
  const answer = await callPublic(service, 'auth.signIn', { email, password });
  const { next, challenge } = answer.json?.result?.data ?? {};
  if (next !== 'totp') throw new Error(`auth.signIn: ${answer.text}`);
  return challenge;
}

export const finishWithCode = (service: TestService, challenge: string, code: string): Promise<Answer> =>
  callPublic(service, 'auth.signInWithCode', { challenge, code });
