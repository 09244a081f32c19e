import { type KeyCredentials, signRequest } from '../client/index.ts';
import { withoutLineEnd } from '../server/lib/line-end.ts';
import { CommandError, EXIT } from './failure.ts';

const VARIABLES = ['KEYSEAL_API_KEY', 'KEYSEAL_SIGNING_SECRET', 'KEYSEAL_USER_TOKEN'];

/**
 * The key from the environment: arguments would show in the list of processes.
 * @returns null if there is none
 * @throws CommandError if half of it is missing, or it is malformed
 */
export async function keyOfEnvironment(): Promise<KeyCredentials | null> {
  const [apiKey, signingSecret, userToken] = VARIABLES.map((name) => withoutLineEnd(process.env[name] ?? ''));
  if (!apiKey && !signingSecret) return null;
  if (!apiKey || !signingSecret) {
    const missing = apiKey ? 'KEYSEAL_SIGNING_SECRET' : 'KEYSEAL_API_KEY';
    throw new CommandError(
      `${missing} is not set. Set both: a key signs only with its signing secret.`,
      EXIT.config,
    );
  }
  const credentials = { apiKey, signingSecret, ...(userToken ? { userToken } : {}) };
  await signRequest(new Request('http://localhost'), credentials).catch(() => {
    // The message omits the text: it may be another secret.
    throw new CommandError('KEYSEAL_API_KEY must be an API key such as ks_live_<id>_<secret>.', EXIT.config);
  });
  return credentials;
}

export async function requireKey(): Promise<KeyCredentials> {
  const credentials = await keyOfEnvironment();
  if (credentials) return credentials;
  throw new CommandError(
    'KEYSEAL_API_KEY and KEYSEAL_SIGNING_SECRET are not set. Set both in the environment.',
    EXIT.config,
  );
}
