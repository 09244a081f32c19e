import { describe, expectTypeOf, it } from 'vitest';
import {
  type BrowserSession,
  type BrowserSessionOptions,
  type CodeRequired,
  createBrowserSession,
  type FinishedSignIn,
  type SignInFields,
  type SignUpFields,
} from '../../client/browser-session.ts';
import type { SharedSession } from '../../client/index.ts';

describe('the session of a browser', () => {
  it('is created from options', () => {
    expectTypeOf(createBrowserSession).toEqualTypeOf<(options: BrowserSessionOptions) => BrowserSession>();
    expectTypeOf<keyof BrowserSessionOptions>().toEqualTypeOf<'url' | 'name' | 'cookie' | 'fetch'>();
    expectTypeOf<BrowserSessionOptions['url']>().toEqualTypeOf<string>();
    expectTypeOf<BrowserSessionOptions['name']>().toEqualTypeOf<string | undefined>();
    expectTypeOf<BrowserSessionOptions['cookie']>().toEqualTypeOf<boolean | undefined>();
    expectTypeOf<BrowserSessionOptions['fetch']>().not.toBeAny();
  });

  it('can be shared by clients', () => {
    expectTypeOf<BrowserSession>().toExtend<SharedSession>();
    expectTypeOf<keyof BrowserSession>().toEqualTypeOf<
      | keyof SharedSession
      | 'id'
      | 'lasting'
      | 'subscribe'
      | 'signIn'
      | 'signInWithCode'
      | 'signInWithPasskey'
      | 'signUp'
      | 'signInWith'
      | 'finishSignIn'
      | 'signOut'
      | 'finishSignOut'
    >();
    expectTypeOf<BrowserSession['id']>().toEqualTypeOf<string | null | undefined>();
    expectTypeOf<BrowserSession['lasting']>().toEqualTypeOf<boolean>();
    expectTypeOf<BrowserSession['subscribe']>().toEqualTypeOf<(listener: () => void) => () => void>();
    expectTypeOf<BrowserSession['signOut']>().toEqualTypeOf<(returnTo?: string) => Promise<void>>();
    expectTypeOf<BrowserSession['finishSignOut']>().toEqualTypeOf<(url?: string) => boolean>();
  });

  it('signs a person in, and has their id', () => {
    expectTypeOf<SignInFields>().toEqualTypeOf<{ email: string; password: string }>();
    expectTypeOf<keyof SignUpFields>().toEqualTypeOf<
      'email' | 'password' | 'name' | 'setupToken' | 'invitationToken'
    >();
    expectTypeOf<SignUpFields['password']>().toEqualTypeOf<string>();
    expectTypeOf<BrowserSession['signIn']>().parameters.toEqualTypeOf<[SignInFields]>();
    expectTypeOf<BrowserSession['signUp']>().parameters.toEqualTypeOf<[SignUpFields]>();
    expectTypeOf<Awaited<ReturnType<BrowserSession['signIn']>>['email']>().toEqualTypeOf<string>();
    expectTypeOf<BrowserSession['signInWith']>().parameters.toEqualTypeOf<
      [issuer: string, returnTo?: string | undefined]
    >();
    expectTypeOf<
      Awaited<ReturnType<BrowserSession['finishSignIn']>>
    >().toEqualTypeOf<FinishedSignIn | null>();
    expectTypeOf<keyof FinishedSignIn>().toEqualTypeOf<'user' | 'returnTo'>();
    expectTypeOf<BrowserSession['signInWithCode']>().parameters.toEqualTypeOf<
      [{ challenge: string; code: string }]
    >();
    expectTypeOf<CodeRequired['challenge']>().toEqualTypeOf<string>();
    expectTypeOf<CodeRequired>().toExtend<Error>();
    expectTypeOf<BrowserSession['signUp']>().returns.toEqualTypeOf<ReturnType<BrowserSession['signIn']>>();
  });
});
