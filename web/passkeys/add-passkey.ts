import { startRegistration } from '@simplewebauthn/browser';
import { client } from '../api/service.ts';

/** What a user proves themselves with. */
interface Proof {
  readonly password: string;
  readonly code?: string;
}

/** Lets the device make a passkey for the account of the signed-in user. */
export async function addPasskey(proof: Proof, name: string) {
  const { challenge, options } = await client.passkeys.startRegistration.mutate(proof);
  const response = await startRegistration({ optionsJSON: options });
  return (await client.passkeys.register.mutate({ challenge, response, name })).passkey;
}
