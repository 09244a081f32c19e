import { setTimeout } from 'node:timers/promises';
import { type SQL, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createProcedure } from '../../sdk/create-procedure.ts';
import { versionsInUse } from '../../server/app/master-keys.ts';
import { routes } from '../../server/app/routes.ts';
import { emptyDeletedWorkspaces } from '../../server/membership/deleted-workspaces.ts';
import { deleteWorkspace, insertWorkspace } from '../../server/membership/workspaces.ts';
import { buildRegistry } from '../../server/rpc/procedure-registry.ts';
import { router } from '../../server/rpc/trpc.ts';
import { subscribe } from '../harness/events.ts';
import { afterMinuteOfJobs } from '../harness/minute-of-jobs.ts';
import { callPublic, createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { outcomeOf, rawConnection } from '../harness/raw.ts';
import { countRows, insertKeys, runStatements } from '../harness/rows.ts';
import { restart, startTestService, type TestService } from '../harness/service.ts';
import { activeOf, invite, joined, newMember, signInAgain, workspacesOf } from '../harness/teams.ts';
import { type Credentials, type Draft, sign } from '../harness/wire.ts';

/** More than two parts. */
const KEYS = 450;
/** Rows that one transaction may change: on PGlite it holds up all others. */
const AT_ONCE = 100;
/** The maximum number of workspaces of one person. */
const MAX_WORKSPACES = 100;

/** Fails each part after the deletion of a workspace, as a full disk or the end of the process would. */
const BREAK = [
  `create function refuse() returns trigger language plpgsql as $$ begin raise exception 'broken'; end $$`,
  `create trigger refuse before update on keys for each row
    when (new.revoked_reason = 'The workspace was deleted.') execute function refuse()`,
];
const REPAIR = ['drop trigger refuse on keys', 'drop function refuse'];

const notes = {
  add: createProcedure([])({ access: 'user', permission: 'usage:read' })
    .input(z.object({ text: z.string() }))
    .mutation(() => null),
};

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ api: buildRegistry(router({ ...routes, notes })) });
});
afterAll(() => service.stop());

const database = () => service.running.service.stores.database;

const run = (statements: readonly string[]) => runStatements(service, statements);
const countOf = (which: SQL) => countRows(service, which);

/** A workspace of two owners and a viewer, with a personal key, a service key and many more. */
async function largeWorkspace(many = KEYS) {
  const owner = await signUp(service);
  const id = await activeOf(service, owner);
  const permissions = ['exemple:read', 'echo:write', 'usage:read'];
  const personal = await createKey(service, owner, { permissions });
  const ofNobody = await createKey(service, owner, { service: true, permissions });
  const member = await newMember(service, owner, 'admin');
  await insertKeys(service, { workspaceId: id, ownerId: owner.userId }, many);
  return { id, owner, member, personal, ofNobody };
}

type LargeWorkspace = Awaited<ReturnType<typeof largeWorkspace>>;

async function remove(owner: Person) {
  const { name } = (await query(service, owner, 'workspaces.get')).json.result.data;
  return mutate(service, owner, 'workspaces.delete', { name });
}

const reasonOf = async (who: Credentials | Person, name = 'exemple') =>
  (await query(service, who, name)).reason;

/** Nobody acts in the workspace any more. */
async function expectEnded({ owner, member, personal, ofNobody }: LargeWorkspace): Promise<void> {
  for (const key of [personal, ofNobody]) expect(await reasonOf(key)).toBe('KEY_REVOKED');
  for (const person of [owner, member]) expect(await reasonOf(person, 'keys.list')).toBe('WORKSPACE_DENIED');
}

/** What the job does each minute. */
const emptyAll = () => emptyDeletedWorkspaces(service.running.service.stores, new AbortController().signal);

const isEmpty = (id: string) => countOf(sql`workspaces where id = ${id} and emptied_at is not null`);

/** The rows of the workspace say themselves that they have ended. */
async function expectEmptied(id: string): Promise<void> {
  expect(await isEmpty(id)).toBe(1);
  expect(await countOf(sql`keys where workspace_id = ${id} and revoked_at is null`)).toBe(0);
  expect(await countOf(sql`memberships where workspace_id = ${id} and removed_at is null`)).toBe(0);
  expect(
    await countOf(sql`invitations where workspace_id = ${id} and revoked_at is null and accepted_at is null`),
  ).toBe(0);
  expect(await countOf(sql`password_resets where workspace_id = ${id} and spent_at is null`)).toBe(0);
  const late = sql`keys, workspaces where workspaces.id = ${id} and workspace_id = ${id} and revoked_at <> workspaces.deleted_at`;
  expect(await countOf(late)).toBe(0);
}

/** Sends all but the end of a call, lets something happen, and sends the rest. */
async function whileBodyIsHeld({ method, target, headers, body }: Draft, act: () => Promise<unknown>) {
  const text = body?.toString() ?? '';
  const connection = await rawConnection(service.port);
  const lines = [...headers, ['content-length', String(text.length)]].map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  connection.socket.write(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n${text.slice(0, -1)}`);
  await (await fetch(`http://127.0.0.1:${service.port}/healthz`)).text();
  await act();
  connection.socket.write(text.slice(-1));
  const outcome = outcomeOf(
    await connection.until((seen) => seen.includes('"reason"') || seen.includes('"result"')),
  );
  connection.socket.destroy();
  return outcome;
}

describe('S7: a large workspace that is deleted', () => {
  it('ends at once, and its rows follow in bounded transactions', async () => {
    const large = await largeWorkspace();
    await invite(service, large.owner, 'nobody@example.com');
    await mutate(service, large.owner, 'auth.createReset', { userId: large.member.userId });
    for (const who of [large.personal, large.ofNobody]) expect(await reasonOf(who)).toBeUndefined();
    const { json } = await remove(large.owner);
    expect(json.result.data).toMatchObject({ members: 2, keys: KEYS + 2, serviceKeys: 1, invitations: 1 });
    await expectEnded(large);
    await emptyAll();
    await expectEmptied(large.id);
    const written = sql`(select count(*) as rows from keys where workspace_id = ${large.id} group by xmin) as written`;
    expect(await countOf(sql`${written} where rows > ${AT_ONCE}`)).toBe(0);
    await expectEnded(large);
  });

  it.each(['personal', 'ofNobody'] as const)(
    'refuses a call whose body arrives afterwards: %s',
    async (which) => {
      const large = await largeWorkspace();
      const key = large[which];
      const draft = sign(key, '/api/echo', { authority: service.authority, body: '{"text":"x"}' });
      expect(await whileBodyIsHeld(draft, async () => {})).toBe('200');
      const again = sign(key, '/api/echo', { authority: service.authority, body: '{"text":"x"}' });
      const outcome = await whileBodyIsHeld(again, async () => {
        expect((await remove(large.owner)).status).toBe(200);
        // Others read the key as it is now, so that it is cached again.
        expect(await reasonOf(key)).toBe('KEY_REVOKED');
        expect(await reasonOf(large.owner, 'keys.list')).toBe('WORKSPACE_DENIED');
      });
      expect(outcome).toBe('401 KEY_REVOKED');
    },
  );

  it('is emptied by a job of the service', async () => {
    const large = await largeWorkspace();
    expect((await remove(large.owner)).status).toBe(200);
    await afterMinuteOfJobs(service, () => expect.poll(() => isEmpty(large.id), { timeout: 20_000 }).toBe(1));
    await expectEmptied(large.id);
  });

  it('is emptied by several instances, none of which begins again because of another', async () => {
    const large = await largeWorkspace(5_000);
    await run([`update workspaces set deleted_at = now(), rev = rev + 1 where id = '${large.id}'`]);
    const { stores } = service.running.service;
    const patience = AbortSignal.timeout(20_000);
    const instance = async (_: unknown, n: number) => {
      while (!patience.aborted && (await isEmpty(large.id)) === 0) {
        await emptyDeletedWorkspaces(stores, patience);
        await setTimeout(10 * n);
      }
    };
    await Promise.all(Array.from({ length: 6 }, instance));
    expect(await isEmpty(large.id)).toBe(1);
  }, 60_000);
});

describe('S7: a workspace that was deleted, and whose rows do not say so yet', () => {
  beforeEach(async () => {
    await run(BREAK);
    return () => run(REPAIR);
  });

  // First: a restart would be one without `notes`, at another port.
  it('ends the open streams of its keys and members', async () => {
    const large = await largeWorkspace();
    const watched = { id: large.personal.id };
    const streams = [
      await subscribe(service, large.personal, 'keys.tail', watched),
      await subscribe(service, large.ofNobody, 'keys.tail', watched),
      await subscribe(service, large.member, 'keys.tail', watched),
    ];
    await query(service, large.personal, 'exemple');
    for (const stream of streams) await stream.count(1);
    expect((await remove(large.owner)).status).toBe(200);
    await expectEnded(large);
    await Promise.all(streams.map(({ over }) => over));
  });

  it('refuses a call of a member whose body arrives afterwards', async () => {
    const large = await largeWorkspace();
    const { member } = large;
    const options = { authority: service.authority, token: member.token, body: '{"text":"x"}' };
    // Nothing reads the caller again after the nonce.
    const draft = () => sign(member, '/api/notes.add', options);
    expect(await whileBodyIsHeld(draft(), async () => {})).toBe('200');
    const outcome = await whileBodyIsHeld(draft(), async () => {
      expect((await remove(large.owner)).status).toBe(200);
      // Others read the session as it is now, so that it is cached again.
      expect(await reasonOf(member, 'keys.list')).toBe('WORKSPACE_DENIED');
    });
    expect(outcome).toBe('403 WORKSPACE_DENIED');
  });

  it('was deleted, whatever fails afterwards, and the next start finishes', async () => {
    const large = await largeWorkspace();
    expect((await remove(large.owner)).status).toBe(200);
    await expectEnded(large);
    await expect(emptyAll()).rejects.toThrow();
    await expectEnded(large);
    expect(await isEmpty(large.id)).toBe(0);
    await run(REPAIR);
    service = await restart(service);
    await expectEnded(large);
    await emptyAll();
    await expectEmptied(large.id);
    await run(BREAK);
  });

  it('delays no other', async () => {
    const broken = await largeWorkspace();
    expect((await remove(broken.owner)).status).toBe(200);
    const others = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const owner = await signUp(service);
        const id = await activeOf(service, owner);
        expect((await remove(owner)).status).toBe(200);
        return id;
      }),
    );
    await expect(emptyAll()).rejects.toThrow();
    for (const id of others) await expectEmptied(id);
    expect(await isEmpty(broken.id)).toBe(0);
  });

  it('gives no right by its links and invitations', async () => {
    const { owner, member } = await largeWorkspace();
    const invited = await signUp(service);
    const token = await invite(service, owner, invited.email);
    const link = (await mutate(service, owner, 'auth.createReset', { userId: member.userId })).json.result
      .data;
    expect((await remove(owner)).status).toBe(200);
    expect((await mutate(service, invited, 'invitations.accept', { token })).reason).toBe(
      'INVITATION_INVALID',
    );
    const input = { token: link.token, newPassword: 'a whole new battery' };
    expect((await callPublic(service, 'auth.reset', input)).reason).toBe('RESET_INVALID');
  });

  it('keeps no master key in use', async () => {
    const neededOf = async () => {
      const uses = await versionsInUse(database().db, []);
      return uses.find(({ table, column }) => table === 'keys' && column === 'pepper_version')?.needed ?? 0;
    };
    const { owner } = await largeWorkspace();
    const before = await neededOf();
    expect((await remove(owner)).status).toBe(200);
    expect(await neededOf()).toBe(before - KEYS - 2);
  });

  it('takes none of the places of its members, and begins no session', async () => {
    const person = await signUp(service);
    await createKey(service, person);
    const now = new Date();
    for (let n = 1; n < MAX_WORKSPACES; n++)
      await insertWorkspace(database().db, `Workspace ${n}`, person.userId, now);
    expect((await mutate(service, person, 'workspaces.create', { name: 'Too many' })).reason).toBe(
      'CONFLICT',
    );
    for (const { id } of await workspacesOf(service, person)) {
      await database().query(sql`
        insert into keys (id, workspace_id, name, environment, permissions, secret_hash, pepper_version, signing_sealed, signing_version)
        values (${`${id}-key`}, ${id}, 'A key', 'live', '[]', 'ff', 1, 'x', 1)`);
      await database().db.transaction((tx) => deleteWorkspace(tx, id, new Date()));
    }
    service.running.service.stores.credentials.changed({ user: person.userId });
    expect(await workspacesOf(service, person)).toEqual([]);
    const made = (await mutate(service, person, 'workspaces.create', { name: 'New' })).json.result.data;
    const again = await signInAgain(service, person);
    expect(await activeOf(service, again)).toBe(made.id);
    const other = await signUp(service);
    await joined(service, other, again);
    expect((await workspacesOf(service, again)).length).toBe(2);
    const { status } = await mutate(service, again, 'auth.deleteAccount', { password: again.password });
    expect(status).toBe(200);
  });
});
