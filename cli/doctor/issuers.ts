import { and, inArray, isNull } from 'drizzle-orm';
import type { JWK } from 'jose';
import { workspaces } from '../../drizzle/schema/workspaces.ts';
import {
  backchannelLogoutUrl,
  callbackUrl,
  signedOutUrl,
} from '../../server/auth/external/registered-urls.ts';
import type { Config } from '../../server/lib/config.ts';
import type { IssuerConfig } from '../../server/lib/issuer-config.ts';
import { localOrigins } from '../../server/lib/public-origin.ts';
import { sanitizeForLog } from '../../server/lib/sanitize-for-log.ts';
import type { Database } from '../../server/stores/database/database.ts';
import {
  discover,
  endSessionEndpoint,
  type ProviderMetadata,
} from '../../server/stores/issuers/discovery.ts';
import { readKeySet } from '../../server/stores/issuers/key-set-document.ts';
import { signInConfiguration } from '../../server/stores/issuers/sign-in-provider.ts';
import { type DoctorCheck, failedCheck } from './check.ts';
import { checkRedirectUri } from './redirect-uri.ts';
import { checkClient } from './sign-in-client.ts';

/**
 * Reads the keys of each trusted issuer, and the metadata for sign-in, as the service does. Lists the URLs to register
 * at each issuer.
 */
export async function checkIssuers(config: Config): Promise<DoctorCheck[]> {
  const [origin = ''] = config.publicOrigins ?? localOrigins(config.host, config.port);
  const checks = config.issuers.map(async (issuer) => [
    ...(await checkIssuer(issuer, origin)),
    ...unusedAudience(issuer),
    ...urlsToRegister(issuer, origin),
  ]);
  return (await Promise.all(checks)).flat();
}

async function checkIssuer(config: IssuerConfig, origin: string): Promise<DoctorCheck[]> {
  const { name, signIn } = config;
  try {
    const published = await readPublished(config);
    const { keys, metadata } = published;
    const fault = faultOfKeys(config, keys) ?? faultOfMetadata(config, metadata);
    if (fault) return [fault];
    const client = signIn && metadata ? await signInConfiguration(metadata, config, signIn) : null;
    const redirectUri = callbackUrl(origin, name);
    const refused = client && (await checkClient(config, client, redirectUri));
    const found = [refused ?? rightOf(config, published), ...pairwiseSubjects(config, metadata)];
    return client ? [...found, ...(await checkRedirectUri(config, client, redirectUri))] : found;
  } catch (error) {
    const found = `${name}: ${(error as Error).message}`;
    const fix = 'Make the issuer reachable from here, or correct its entry in KEYSEAL_ISSUERS.';
    return [failedCheck('issuers', found, fix)];
  }
}

/** What an issuer publishes. */
interface Published {
  readonly keys: readonly JWK[];
  /** Null if its entry has `jwksUri`, and nothing else of the metadata is needed. */
  readonly metadata: ProviderMetadata | null;
}

/** Reads each document once: a provider may count requests. @throws Error with a sentence for the operator */
async function readPublished({ issuer, jwksUri, signIn }: IssuerConfig): Promise<Published> {
  if (jwksUri !== null && !signIn) return { metadata: null, keys: await readKeySet(jwksUri) };
  const metadata = await discover(issuer);
  return { metadata, keys: await readKeySet(jwksUri ?? metadata.jwks_uri) };
}

function faultOfKeys(config: IssuerConfig, keys: Published['keys']): DoctorCheck | null {
  if (keys.length === 0)
    return failedCheck('issuers', `${config.name} publishes no public key`, 'Correct issuer or jwksUri.');
  const isUsable = keys.some(({ alg }) => alg === undefined || config.algorithms.includes(alg));
  const offered = keys.map(({ alg }) => alg);
  return isUsable ? null : noAlgorithm(config, offered);
}

function faultOfMetadata(config: IssuerConfig, metadata: Published['metadata']): DoctorCheck | null {
  const { name, issuer, signIn, workload, algorithms } = config;
  // The tokens of workloads are ID tokens of their platform; user tokens may be signed otherwise.
  const signs = signIn || workload ? metadata?.['id_token_signing_alg_values_supported'] : undefined;
  if (Array.isArray(signs) && !signs.some((alg) => algorithms.includes(alg)))
    return noAlgorithm(config, signs);
  if (!signIn?.endSession || endSessionEndpoint(issuer, metadata ?? {}) !== null) return null;
  return failedCheck(
    'issuers',
    `${name} has no end_session_endpoint to which a browser may be sent: nobody is signed out there`,
    'Remove endSession from its entry.',
  );
}

function rightOf({ name, signIn, workload }: IssuerConfig, { keys, metadata }: Published): DoctorCheck {
  const uses = [signIn && 'people can sign in with it', workload && 'its workloads can get keys'];
  const found = [
    `${name} publishes ${keys.length === 1 ? 'one key' : `${keys.length} keys`}`,
    ...uses.filter((use) => use),
  ].join(', and ');
  return { name: 'issuers', state: 'right', found, details: signIn && capabilitiesOf(metadata) };
}

function noAlgorithm({ name, algorithms }: IssuerConfig, offered: readonly unknown[]): DoctorCheck {
  const signs = [...new Set(offered.map(sanitizeForLog))].join(', ');
  const found = `${name} signs with ${signs}; its entry accepts ${algorithms.join(', ')}`;
  return failedCheck('issuers', found, 'Let the issuer sign with one of them, or correct algorithms.');
}

/** What the issuer's metadata announces, as far as users notice it. */
const capabilitiesOf = (metadata: Readonly<Record<string, unknown>> | null) =>
  metadata && {
    backchannelLogout: metadata['backchannel_logout_supported'] === true,
    logoutNamesSession: metadata['backchannel_logout_session_supported'] === true,
    endSession: typeof metadata['end_session_endpoint'] === 'string',
  };

/**
 * Reports an issuer that gives each client its own subject identifiers (OpenID Connect Core §8): a user token that another client
 * got then names nobody who signed in here.
 */
function pairwiseSubjects(
  { name, userToken, signIn }: IssuerConfig,
  metadata: Published['metadata'],
): DoctorCheck[] {
  if (!userToken || signIn === null) return [];
  const types = metadata?.['subject_types_supported'];
  if (!Array.isArray(types) || types.length === 0 || types.includes('public')) return [];
  const found = `${name} gives each client different subjects for the same person: a user token of another client names nobody who signed in here, and is accepted although the account is disabled`;
  const fix =
    'Let people sign in, and tokens be issued, with one client or one sector. docs/en/identity-provider.md, "Who may do what".';
  return [{ name: 'issuers', state: 'unknown', found, fix }];
}

/** Reports an `audience` without effect: an operator may believe that it limits which workload tokens are accepted. */
function unusedAudience({ name, audiences, workload, userToken }: IssuerConfig): DoctorCheck[] {
  if (!workload || userToken || audiences.length === 0) return [];
  const found = `${name} has an audience, which has no effect without userToken: true`;
  return [failedCheck('issuers', found, 'Remove audience from its entry: each exchange rule has its own.')];
}

/** The URLs that must be registered at the issuer, for the console and for logouts. */
function urlsToRegister({ name, signIn, clientId }: IssuerConfig, origin: string): DoctorCheck[] {
  const logout = backchannelLogoutUrl(origin);
  const redirectUri = signIn ? callbackUrl(origin, name) : null;
  const both = redirectUri === null ? [] : [`the redirect URI ${redirectUri}`];
  if (clientId !== null) both.push(`the back-channel logout URL ${logout}`);
  const signedOut = signIn?.endSession ? signedOutUrl(origin) : null;
  if (signedOut !== null) both.push(`the post-logout redirect URI ${signedOut}`);
  if (both.length === 0) return [];
  const found = `register at ${name}: ${both.join(', and ')}`;
  const details = { redirectUri, backchannelLogoutUrl: logout, postLogoutRedirectUri: signedOut };
  return [{ name: 'issuers', state: 'right', found, details }];
}

/** Checks that each workspace of a join rule exists: no user matches a rule with a wrong id, so all are refused. */
export async function checkJoinRules({ db }: Database, { issuers }: Config): Promise<DoctorCheck[]> {
  const named = [...new Set(issuers.flatMap(({ join }) => join.map(({ workspace }) => workspace)))];
  if (named.length === 0) return [];
  const rows = await db
    .select({ id: workspaces.id })
    .from(workspaces)
    .where(and(inArray(workspaces.id, named), isNull(workspaces.deletedAt)));
  const found = new Set(rows.map(({ id }) => id));
  const missing = issuers.flatMap(({ name, join }) =>
    join.flatMap(({ workspace }, nth) =>
      found.has(workspace) ? [] : [`join rule ${nth + 1} of ${name} names ${JSON.stringify(workspace)}`],
    ),
  );
  if (missing.length === 0) {
    return [
      { name: 'issuers', state: 'right', found: `the workspaces of all join rules exist (${named.length})` },
    ];
  }
  const fix =
    'Correct the workspace in KEYSEAL_ISSUERS: the page Workspace settings of the console shows the id, and whoami returns it.';
  return missing.map((sentence) => failedCheck('issuers', `${sentence}, which does not exist`, fix));
}
