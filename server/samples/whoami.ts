import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { users } from '../../drizzle/schema/accounts.ts';
import { workspaces } from '../../drizzle/schema/workspaces.ts';
import { ENVIRONMENTS } from '../../shared/key-format.ts';
import { ROLES } from '../../shared/roles.ts';
import type { KeyCaller, UserCaller } from '../gate/caller/caller.ts';
import { hasPermission } from '../gate/rights/permission.ts';
import { KeySummary, summarizeKey } from '../lib/key-summary.ts';
import type { Service } from '../rpc/trpc.ts';
import type { KeyRecord } from '../stores/credentials/credential-rows.ts';

/** A person without an account, whom a trusted issuer's token names. */
const ExternalUserView = z.object({ issuer: z.string(), subject: z.string() });

export const UserView = z.object({ id: z.string(), email: z.string(), name: z.string() });

export const WhoamiOutput = z.object({
  kind: z.enum(['key', 'user']),
  key: KeySummary.extend({
    limits: z.array(z.object({ name: z.string(), limit: z.int(), windowSeconds: z.int() })),
    credits: z.object({ remaining: z.int() }).nullable(),
  }).nullable(),
  user: UserView.nullable(),
  externalUser: ExternalUserView.nullable(),
  session: z.object({ id: z.string() }).nullable(),
  workspace: z.object({ id: z.string(), name: z.string(), role: z.enum(ROLES).nullable() }),
  permissions: z.array(z.string()),
  environment: z.enum(ENVIRONMENTS).nullable(),
});
type WhoamiOutput = z.infer<typeof WhoamiOutput>;

/** The service's view of a caller, and the caller's rights. */
export async function describeCaller(
  caller: KeyCaller | UserCaller,
  service: Service,
): Promise<WhoamiOutput> {
  const { db } = service.stores.database;
  const key = caller.kind === 'key' ? caller.key : null;
  const person = caller.kind === 'key' ? caller.user : caller;
  const external = caller.kind === 'key' && caller.user?.id === null ? caller.user : null;
  const account = caller.kind === 'key' ? (caller.user?.id ?? null) : caller.userId;
  const session = person && 'session' in person ? person.session : null;
  const [workspace] = await db.select().from(workspaces).where(eq(workspaces.id, caller.workspaceId));
  const [user] = account ? await db.select().from(users).where(eq(users.id, account)) : [];
  return {
    kind: caller.kind,
    key: key && {
      ...summarizeKey(key),
      limits: key.counters.map(({ limit }) => limit),
      credits: await creditsOf(key, service),
    },
    user: user ? { id: user.id, email: user.email, name: user.name } : null,
    externalUser: external && { issuer: external.issuer, subject: external.subject },
    session: session && { id: session.id },
    workspace: { id: caller.workspaceId, name: workspace?.name ?? '', role: person?.role ?? null },
    permissions: service.config.permissions.filter((permission) => hasPermission(caller, permission)),
    environment: key?.environment ?? null,
  };
}

/** The remaining credits of a key; null if it is not metered. */
async function creditsOf(
  { creditSubjects }: KeyRecord,
  { stores }: Service,
): Promise<{ remaining: number } | null> {
  if (creditSubjects.length === 0) return null;
  const { remaining } = await stores.credits.peek(creditSubjects, 0);
  return remaining === null ? null : { remaining };
}
