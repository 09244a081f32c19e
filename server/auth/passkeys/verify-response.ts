import { Refusal } from '../../lib/refusal.ts';
import { ALGORITHMS, handleOf, knownTransports } from './options.ts';
import type { RelyingParty } from './relying-party.ts';
import type { AssertionResponse, RegistrationResponse } from './schemas.ts';
import type { NewPasskey, Passkey } from './store.ts';

/** Bytes of a public key: an RSA key of 4096 bits has about 530. */
const MAX_PUBLIC_KEY = 1024;
/** How many characters of the library's message are logged. */
const MAX_CAUSE = 200;

/** Loaded with the first passkey: few services need it, and loading it takes a third of a second. */
const webAuthn = () => import('@simplewebauthn/server');
const helpers = () => import('@simplewebauthn/server/helpers');

/** The challenge that the authenticator had to sign, and the pages where it may be used. */
interface Expected {
  readonly challenge: string;
  readonly party: RelyingParty;
}

/** What a registration states about a passkey. */
type Registered = Pick<
  NewPasskey,
  'credentialId' | 'publicKey' | 'algorithm' | 'counter' | 'transports' | 'deviceType' | 'backedUp'
>;

/**
 * Verifies the response to creation options (WebAuthn §7.1). Who made the authenticator does not matter here: an attestation is
 * dropped unread, so that nothing of its certificates is parsed or fetched.
 * @throws Refusal CREDENTIALS_INVALID
 */
export async function verifyRegistration(
  response: RegistrationResponse,
  { challenge, party }: Expected,
): Promise<Registered> {
  const { verifyRegistrationResponse } = await webAuthn();
  const { decodeCredentialPublicKey } = await helpers();
  return refusingFaults(async () => {
    requireSameFrame(response.response.clientDataJSON);
    const attestationObject = await withoutAttestation(response.response.attestationObject);
    const { clientDataJSON, transports = [] } = response.response;
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: {
        id: response.id,
        rawId: response.rawId,
        type: response.type,
        clientExtensionResults: {},
        response: { clientDataJSON, attestationObject },
      },
      expectedChallenge: challenge,
      expectedOrigin: [...party.origins],
      expectedRPID: party.id,
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    });
    if (!verified) throw new Error('not verified');
    const { credential, credentialDeviceType, credentialBackedUp } = registrationInfo;
    if (credential.id !== response.id) throw new Error('the id is that of another credential');
    if (credential.publicKey.byteLength > MAX_PUBLIC_KEY) throw new Error('the public key is too long');
    return {
      credentialId: credential.id,
      publicKey: Buffer.from(credential.publicKey).toString('base64url'),
      algorithm: Number(decodeCredentialPublicKey(credential.publicKey).get(3)),
      counter: credential.counter,
      transports: knownTransports(transports),
      deviceType: credentialDeviceType,
      backedUp: credentialBackedUp,
    };
  });
}

/** What an assertion states about the passkey. */
export type Asserted = Pick<Passkey, 'counter' | 'backedUp'>;

/**
 * Verifies the response to request options (WebAuthn §7.2), except for the counter: checking that requires the lock on the
 * passkey's account.
 * @throws Refusal CREDENTIALS_INVALID
 */
export async function verifyAssertion(
  response: AssertionResponse,
  passkey: Passkey,
  { challenge, party }: Expected,
): Promise<Asserted> {
  const { verifyAuthenticationResponse } = await webAuthn();
  return refusingFaults(async () => {
    const { clientDataJSON, authenticatorData, signature, userHandle } = response.response;
    requireSameFrame(clientDataJSON);
    if (userHandle !== handleOf(passkey.userId)) throw new Error('the user handle is of another account');
    const publicKey = Uint8Array.from(Buffer.from(passkey.publicKey, 'base64url'));
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: {
        id: response.id,
        rawId: response.rawId,
        type: response.type,
        clientExtensionResults: {},
        response: { clientDataJSON, authenticatorData, signature, userHandle },
      },
      expectedChallenge: challenge,
      expectedOrigin: [...party.origins],
      expectedRPID: party.id,
      credential: { id: passkey.credentialId, publicKey, counter: 0 },
      requireUserVerification: true,
    });
    if (!verified) throw new Error('the signature is wrong');
    const { newCounter, credentialBackedUp, credentialDeviceType } = authenticationInfo;
    if (credentialDeviceType !== passkey.deviceType) throw new Error('the device type has changed');
    return { counter: newCounter, backedUp: credentialBackedUp };
  });
}

/** Refuses a response from a frame on another site (WebAuthn §5.8.1, `crossOrigin`). */
function requireSameFrame(clientDataJSON: string): void {
  const { crossOrigin } = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString());
  if (crossOrigin !== undefined && crossOrigin !== false) throw new Error('the page was in a foreign frame');
}

/** The same attestation object with the format `none` (WebAuthn §8.7). */
async function withoutAttestation(attestationObject: string): Promise<string> {
  const { decodeAttestationObject, isoCBOR } = await helpers();
  const bytes = Uint8Array.from(Buffer.from(attestationObject, 'base64url'));
  const authData = decodeAttestationObject(bytes).get('authData');
  const none = new Map<string, string | Uint8Array | Map<string, string>>([
    ['fmt', 'none'],
    ['attStmt', new Map<string, string>()],
    ['authData', authData],
  ]);
  return Buffer.from(isoCBOR.encode(none)).toString('base64url');
}

/** One refusal for everything that is wrong with a passkey. @param cause for the log */
export const passkeyRefusal = (cause: string): Refusal =>
  new Refusal('CREDENTIALS_INVALID', {}, `passkey: ${cause}`, 'The passkey is not accepted.');

/** A response that the library cannot read or verify is refused as wrong. */
async function refusingFaults<T>(verify: () => Promise<T>): Promise<T> {
  try {
    return await verify();
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw passkeyRefusal(cause.slice(0, MAX_CAUSE));
  }
}
