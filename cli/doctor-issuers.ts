import type { Config } from '../server/lib/config.ts';
import { fetchKeySet } from '../server/stores/issuers/key-set-document.ts';
import { type DoctorCheck, wrong } from './doctor-check.ts';

/** Reads the keys of each trusted issuer, as the service does. */
export async function checkIssuers({ issuers }: Config): Promise<DoctorCheck[]> {
  return Promise.all(
    issuers.map(async ({ name, issuer, jwksUri }): Promise<DoctorCheck> => {
      try {
        const keys = await fetchKeySet(issuer, jwksUri);
        if (keys.length > 0)
          return { name: 'issuers', state: 'right', found: `${name} publishes ${keys.length} keys` };
        return wrong('issuers', `${name} publishes no public key`, 'Correct issuer or jwksUri.');
      } catch (error) {
        const found = `${name}: ${(error as Error).message}`;
        const fix = 'Make the issuer reachable from here, or correct its entry in KEYSEAL_ISSUERS.';
        return wrong('issuers', found, fix);
      }
    }),
  );
}
