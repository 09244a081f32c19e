import type { Role } from '../../shared/roles.ts';
import { insertPerson } from './insert-person.ts';
import { callPublic, mutate, type Person, personOf, query } from './people.ts';
import type { TestService } from './service.ts';

let invited = 0;

export const newAddress = () => `member-${++invited}-${process.pid}@example.com`;

/** Invites an address into the active workspace of a session. @returns the token of the link */
export async function invite(
  service: TestService,
  by: Person,
  email: string,
  role: Role = 'developer',
): Promise<string> {
  const answer = await mutate(service, by, 'invitations.create', { email, role });
  if (answer.status !== 200) throw new Error(`invitations.create: ${answer.text}`);
  return answer.json.result.data.token;
}

/** A new person who belongs only to that workspace. */
export async function newMember(service: TestService, by: Person, role: Role): Promise<Person> {
  const email = newAddress();
  return insertPerson(service, email, await invite(service, by, email, role));
}

/** A person with an account joins that workspace, and their session acts there. */
export async function joined(
  service: TestService,
  by: Person,
  person: Person,
  role: Role = 'developer',
): Promise<void> {
  const token = await invite(service, by, person.email, role);
  const answer = await mutate(service, person, 'invitations.accept', { token });
  if (answer.status !== 200) throw new Error(`invitations.accept: ${answer.text}`);
  const { id } = answer.json.result.data.workspace;
  const selected = await mutate(service, person, 'workspaces.select', { id });
  if (selected.status !== 200) throw new Error(`workspaces.select: ${selected.text}`);
}

/** Signs a person in once more. */
export async function signInAgain(
  service: TestService,
  { email, password }: Pick<Person, 'email' | 'password'>,
): Promise<Person> {
  const answer = await callPublic(service, 'auth.signIn', { email, password });
  if (answer.status !== 200) throw new Error(`sign-in: ${answer.text}`);
  return personOf(answer, email, password);
}

/** The workspaces of a person, with the role in each. */
export async function workspacesOf(service: TestService, person: Person) {
  const { items } = (await query(service, person, 'workspaces.list')).json.result.data;
  return items as { id: string; name: string; role: Role; active: boolean }[];
}

/** The workspace that a person's session acts in. */
export async function activeOf(service: TestService, person: Person): Promise<string> {
  return (await workspacesOf(service, person)).find(({ active }) => active)?.id ?? '';
}

/** The role of each member, by their ids. */
export async function rolesIn(service: TestService, person: Person): Promise<Record<string, Role>> {
  const { items } = (await query(service, person, 'members.list')).json.result.data;
  return Object.fromEntries(items.map((item: { userId: string; role: Role }) => [item.userId, item.role]));
}
