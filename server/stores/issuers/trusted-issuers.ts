import type { Clock } from '../../lib/clock.ts';
import type { IssuerConfig, SignInConfig } from '../../lib/issuer-config.ts';
import { RemoteKeySet } from './remote-key-set.ts';
import { SignInProvider } from './sign-in-provider.ts';

/** A trusted issuer with its published keys. */
export interface TrustedIssuer extends IssuerConfig {
  readonly keys: RemoteKeySet;
}

/** An issuer with which people sign in. */
export interface SignInIssuer extends TrustedIssuer {
  readonly signIn: SignInConfig;
  readonly provider: SignInProvider;
}

/** Called if the keys of an issuer cannot be read. */
type Warn = (details: object, sentence: string) => void;

/** The issuers of `KEYSEAL_ISSUERS`. A token names its issuer, but only these are looked up: never a URL in a token. */
export class TrustedIssuers {
  /** All of them. */
  readonly all: readonly TrustedIssuer[];
  /** The issuers with which people sign in, in the order of the configuration. */
  readonly forSignIn: readonly SignInIssuer[];
  /** The issuers whose workloads get keys, in the order of the configuration. */
  readonly forWorkloads: readonly TrustedIssuer[];
  /** The issuers whose user tokens are accepted, by `iss`. */
  readonly #byIssuer: ReadonlyMap<string, TrustedIssuer>;

  constructor(issuers: readonly IssuerConfig[], clock: Clock, warn: Warn) {
    this.all = issuers.map((config) => {
      const { name, issuer, jwksUri } = config;
      const onFailure = (sentence: string) =>
        warn({ issuer: name }, `the keys of the issuer ${name} were not read: ${sentence}`);
      return { ...config, keys: new RemoteKeySet({ issuer, jwksUri, onFailure }, clock) };
    });
    this.#byIssuer = new Map(
      this.all.filter(({ userToken }) => userToken).map((issuer) => [issuer.issuer, issuer]),
    );
    this.forWorkloads = this.all.filter(({ workload }) => workload);
    this.forSignIn = this.all.flatMap((issuer) => {
      const { signIn } = issuer;
      return signIn ? [{ ...issuer, signIn, provider: new SignInProvider(issuer, signIn) }] : [];
    });
    // Startup does not wait for other services.
    for (const { keys } of this.all) keys.refresh();
  }

  /** Whether no issuer's user tokens are accepted. */
  get isEmpty(): boolean {
    return this.#byIssuer.size === 0;
  }

  /** The issuer of user tokens with exactly this `iss`; null if it is not trusted. */
  find(issuer: unknown): TrustedIssuer | null {
    return typeof issuer === 'string' ? (this.#byIssuer.get(issuer) ?? null) : null;
  }
}
