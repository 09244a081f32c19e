/** An identity provider's token, or a function that returns one that has not expired. */
export type UserTokenSource = string | (() => string | Promise<string>);

interface UserTokenOptions {
  readonly apiKey?: string;
  readonly session?: unknown;
  readonly userToken?: UserTokenSource;
}

/** @throws TypeError if a token is given without an API key or together with a session, or is neither a string nor a function */
export function checkUserToken({ userToken, apiKey, session }: UserTokenOptions): void {
  if (userToken === undefined) return;
  if (apiKey === undefined)
    throw new TypeError('userToken requires an apiKey, which calls on behalf of the user of the token');
  if (session) throw new TypeError('userToken and session exclude each other');
  if (!['string', 'function'].includes(typeof userToken) || userToken === '') {
    throw new TypeError('userToken is neither a token nor a function that returns one');
  }
}

/** @throws TypeError if the function returns no token */
export async function currentUserToken(source: UserTokenSource): Promise<string> {
  const token = typeof source === 'string' ? source : await source();
  if (typeof token !== 'string' || token === '') throw new TypeError('userToken() returned no token');
  return token;
}
