import { and, inArray, isNull } from 'drizzle-orm';
import { workspaces } from '../../drizzle/schema/workspaces.ts';
import {
  backchannelLogoutUrl,
  callbackUrl,
  signedOutUrl,
} from '../../server/auth/external/registered-urls.ts';
import type { Config } from '../../server/lib/config.ts';
import type { IssuerConfig } from '../../server/lib/issuer-config.ts';
import { localOrigins } from '../../server/lib/public-origin.ts';
import type { Database } from '../../server/stores/database/database.ts';
import { discover, endSessionEndpoint } from '../../server/stores/issuers/discovery.ts';
import { fetchKeySet } from '../../server/stores/issuers/key-set-document.ts';
import { readConfiguration } from '../../server/stores/issuers/sign-in-provider.ts';
import { type DoctorCheck, failedCheck } from './check.ts';

/**
 * Reads the keys of each trusted issuer, and the metadata for sign-in, as the service does. Names the URLs to register
 * there.
 */
export async function checkIssuers(config: Config): Promise<DoctorCheck[]> {
  const [origin = ''] = config.publicOrigins ?? localOrigins(config.host, config.port);
  const checks = config.issuers.map(async (issuer) => [
    await checkIssuer(issuer),
    ...(await checkPairwiseSubjects(issuer)),
    ...unusedAudience(issuer),
    ...urlsToRegister(issuer, origin),
  ]);
  return (await Promise.all(checks)).flat();
}

async function checkIssuer(config: IssuerConfig): Promise<DoctorCheck> {
  const { name, issuer, jwksUri, signIn, workload } = config;
  try {
    const keys = await fetchKeySet(issuer, jwksUri);
    const usable = keys.filter(({ alg }) => alg === undefined || config.algorithms.includes(alg));
    if (keys.length === 0)
      return failedCheck('issuers', `${name} publishes no public key`, 'Correct issuer or jwksUri.');
    if (usable.length === 0)
      return noAlgorithm(
        config,
        keys.map(({ alg }) => String(alg)),
      );
    if (signIn) await readConfiguration(config, signIn);
    // The tokens of workloads are ID tokens of their platform.
    const metadata = signIn || (workload && jwksUri === null) ? await discover(issuer) : null;
    const signs = metadata?.['id_token_signing_alg_values_supported'];
    if (Array.isArray(signs) && !signs.some((alg) => config.algorithms.includes(alg)))
      return noAlgorithm(config, signs);
    if (signIn?.endSession && endSessionEndpoint(issuer, metadata ?? {}) === null)
      return failedCheck(
        'issuers',
        `${name} has no end_session_endpoint to which a browser may be sent: nobody is signed out there`,
        'Remove endSession from its entry.',
      );
    const uses = [signIn && 'people can sign in with it', workload && 'its workloads can get keys'];
    const found = [
      `${name} publishes ${keys.length === 1 ? 'one key' : `${keys.length} keys`}`,
      ...uses.filter((use) => use),
    ].join(', and ');
    return { name: 'issuers', state: 'right', found, details: signIn && capabilitiesOf(metadata) };
  } catch (error) {
    const found = `${name}: ${(error as Error).message}`;
    const fix = 'Make the issuer reachable from here, or correct its entry in KEYSEAL_ISSUERS.';
    return failedCheck('issuers', found, fix);
  }
}

function noAlgorithm({ name, algorithms }: IssuerConfig, offered: readonly string[]): DoctorCheck {
  const found = `${name} signs with ${[...new Set(offered)].join(', ')}; its entry accepts ${algorithms.join(', ')}`;
  return failedCheck('issuers', found, 'Let the issuer sign with one of them, or correct algorithms.');
}

/** What the issuer's metadata promise, as far as that changes what people see. */
const capabilitiesOf = (metadata: Readonly<Record<string, unknown>> | null) =>
  metadata && {
    backchannelLogout: metadata['backchannel_logout_supported'] === true,
    logoutNamesSession: metadata['backchannel_logout_session_supported'] === true,
    endSession: typeof metadata['end_session_endpoint'] === 'string',
  };

/**
 * Reports an issuer that gives each client subjects of its own (OpenID Connect Core §8): a user token that another client got
 * then names nobody who signed in here.
 */
async function checkPairwiseSubjects({
  name,
  issuer,
  userToken,
  signIn,
}: IssuerConfig): Promise<DoctorCheck[]> {
  if (!userToken || signIn === null) return [];
  const metadata = await discover(issuer).catch(() => null);
  const types = metadata?.['subject_types_supported'];
  if (!Array.isArray(types) || types.length === 0 || types.includes('public')) return [];
  const found = `${name} gives each client other subjects for one person: a user token of another client names nobody who signed in here, and is accepted although the account is disabled`;
  const fix =
    'Let people sign in, and tokens be issued, with one client or one sector. docs/en/identity-provider.md, "Who may do what".';
  return [{ name: 'issuers', state: 'unknown', found, fix }];
}

/** An operator may believe that it limits which tokens of workloads are accepted. */
function unusedAudience({ name, audiences, workload, userToken }: IssuerConfig): DoctorCheck[] {
  if (!workload || userToken || audiences.length === 0) return [];
  const found = `${name} has an audience, which has no effect without userToken: true`;
  return [failedCheck('issuers', found, 'Remove audience from its entry: each exchange rule has its own.')];
}

/** What must be registered at the issuer, for the console and for logouts. */
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

/** Checks that each workspace of a join rule exists: no person fits a rule with a wrong id, so all are refused. */
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
