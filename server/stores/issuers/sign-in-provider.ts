import {
  allowInsecureRequests,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  clockTolerance,
  customFetch,
  None,
  PrivateKeyJwt,
  type ServerMetadata,
} from 'openid-client';
import { MINUTE_MS } from '../../../shared/durations.ts';
import { signingKeyOf } from '../../lib/client-key.ts';
import type { IssuerConfig, SignInConfig } from '../../lib/issuer-config.ts';
import { discover, type ProviderMetadata } from './discovery.ts';
import { fetchAnswer } from './fetch-document.ts';

/** The metadata is read again after this long. */
const FRESH_MS = 10 * MINUTE_MS;
/** The pause after a failure. */
const COOLDOWN_MS = 5_000;
/** Seconds by which the clocks may differ for `openid-client`; Keyseal checks the times of an ID token itself. */
const TOLERANCE = 360;

/** What the code flow needs to know about a provider, from its metadata, which all sign-ins share. */
export class SignInProvider {
  readonly #issuer: IssuerConfig;
  readonly #signIn: SignInConfig;
  #configuration: Configuration | null = null;
  #readAt = Number.NEGATIVE_INFINITY;
  #failure: { readonly at: number; readonly error: Error } | null = null;
  #reading: Promise<Configuration> | null = null;

  constructor(issuer: IssuerConfig, signIn: SignInConfig) {
    this.#issuer = issuer;
    this.#signIn = signIn;
  }

  /**
   * The configuration for `openid-client`. If the metadata can no longer be read, the last ones are used.
   * @throws Error with a sentence
   */
  async configuration(): Promise<Configuration> {
    const now = performance.now();
    if (this.#configuration && now - this.#readAt < FRESH_MS) return this.#configuration;
    if (this.#failure && now - this.#failure.at < COOLDOWN_MS) return this.#last(this.#failure.error);
    this.#reading ??= this.#read(now).finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #read(now: number): Promise<Configuration> {
    try {
      const metadata = await discover(this.#issuer.issuer);
      this.#configuration = await signInConfiguration(metadata, this.#issuer, this.#signIn);
      this.#readAt = now;
      this.#failure = null;
      return this.#configuration;
    } catch (error) {
      this.#failure = { at: performance.now(), error: error as Error };
      return this.#last(error as Error);
    }
  }

  #last(error: Error): Configuration {
    if (this.#configuration) return this.#configuration;
    throw error;
  }
}

/**
 * What `openid-client` needs to sign people in with an issuer.
 * @throws Error with a sentence if the issuer cannot do what sign-in needs
 */
export async function signInConfiguration(
  metadata: ProviderMetadata,
  { issuer, algorithms }: IssuerConfig,
  { clientId, clientSecret, clientKey }: SignInConfig,
): Promise<Configuration> {
  const missing = ['authorization_endpoint', 'token_endpoint'].find((name) => metadata[name] === undefined);
  if (missing) throw new Error(`${issuer} has no ${missing} in its metadata: nobody can sign in with it`);
  if (metadata['require_signed_request_object'] === true && clientKey === null)
    throw new Error(`${issuer} requires signed request objects (RFC 9101): its entry needs a clientKey`);
  if (!lists(metadata, 'code_challenge_methods_supported', 'S256'))
    throw new Error(`${issuer} does not support PKCE with S256 (RFC 7636)`);
  const client = { client_id: clientId, [clockTolerance]: TOLERANCE };
  const byKey = clientSecret === null && clientKey !== null;
  const authentication = byKey
    ? PrivateKeyJwt(await signingKeyOf(clientKey))
    : authenticationOf(metadata, clientSecret);
  // The provider may begin to sign with another algorithm before its metadata are read again.
  const server = { ...metadata, id_token_signing_alg_values_supported: [...algorithms] };
  const configuration = new Configuration(server as ServerMetadata, clientId, client, authentication);
  configuration[customFetch] = (url, init) => fetchAnswer(url, init as RequestInit);
  // The configuration accepts http for this machine, or where the network itself encrypts.
  if (new URL(issuer).protocol === 'http:') allowInsecureRequests(configuration);
  return configuration;
}

/** By default a client authenticates with HTTP Basic (OpenID Connect Core §9). */
function authenticationOf(metadata: ProviderMetadata, secret: string | null) {
  if (secret === null) return None();
  const basic = lists(metadata, 'token_endpoint_auth_methods_supported', 'client_secret_basic');
  return basic ? ClientSecretBasic(secret) : ClientSecretPost(secret);
}

/** Whether a list of the metadata has a value; a list that is absent says nothing. */
function lists(metadata: ProviderMetadata, name: string, value: string): boolean {
  const given = metadata[name];
  return !Array.isArray(given) || given.includes(value);
}
