import type { Clock } from '../../lib/clock.ts';
import type { IssuerConfig } from '../../lib/issuer-config.ts';
import { RemoteKeySet } from './remote-key-set.ts';

/** An issuer whose user tokens are accepted, with its published keys. */
export interface TrustedIssuer extends IssuerConfig {
  readonly keys: RemoteKeySet;
}

/** Called if the keys of an issuer cannot be read. */
type Warn = (details: object, sentence: string) => void;

/** The issuers of `KEYSEAL_ISSUERS`. A token names its issuer, but only these are looked up: never a URL in a token. */
export class TrustedIssuers {
  readonly #byIssuer: ReadonlyMap<string, TrustedIssuer>;

  constructor(issuers: readonly IssuerConfig[], clock: Clock, warn: Warn) {
    this.#byIssuer = new Map(
      issuers.map((config) => {
        const { name, issuer, jwksUri } = config;
        const failed = (sentence: string) =>
          warn({ issuer: name }, `the keys of the issuer ${name} were not read: ${sentence}`);
        return [issuer, { ...config, keys: new RemoteKeySet({ issuer, jwksUri, failed }, clock) }];
      }),
    );
    // A start does not wait for other services.
    for (const { keys } of this.all) keys.refresh();
  }

  get isEmpty(): boolean {
    return this.#byIssuer.size === 0;
  }

  /** All of them. */
  get all(): Iterable<TrustedIssuer> {
    return this.#byIssuer.values();
  }

  /** The issuer with exactly this `iss`; null if it is not trusted. */
  find(issuer: unknown): TrustedIssuer | null {
    return typeof issuer === 'string' ? (this.#byIssuer.get(issuer) ?? null) : null;
  }
}
