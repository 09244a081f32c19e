import { createKeysealClient, KeysealRefusal, type KeysealRouter } from '@keyseal/client';
import { createBrowserSession } from '@keyseal/client/session';
import { QueryClient, QueryClientProvider, useMutation, useQuery } from '@tanstack/react-query';
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query';
import { useActionState, useSyncExternalStore } from 'react';
import { createRoot } from 'react-dom/client';

const url = import.meta.env['VITE_KEYSEAL_URL'] ?? 'http://localhost:3000';
const session = createBrowserSession({ url });

/** What the service has refused, it would refuse again, unless it was unavailable. */
const retry = (times: number, error: unknown) =>
  times < 3 && !(error instanceof KeysealRefusal && error.details.httpStatus < 500);
const queryClient = new QueryClient({ defaultOptions: { queries: { retry } } });
const keyseal = createTRPCOptionsProxy<KeysealRouter>({
  client: createKeysealClient({ url, session }),
  queryClient,
});

/** Removes the data of the user who signed out before the next user signs in. */
session.subscribe(() => queryClient.clear());

/** Refusals in words of this page; any other has those of the service. */
const WORDS: Partial<Record<KeysealRefusal['reason'], string>> = {
  CREDENTIALS_INVALID: 'There is nobody of this address and password.',
  INPUT_INVALID: 'Something is missing, or has a form that is not taken.',
};
const inWords = (error: unknown) =>
  (error instanceof KeysealRefusal && WORDS[error.reason]) || (error as Error).message;

/** By an action and not by `useMutation`, which would keep the password. */
async function enter(_: string, form: FormData): Promise<string> {
  const input = { email: String(form.get('email')), password: String(form.get('password')) };
  try {
    await (form.has('up') ? session.signUp(input) : session.signIn(input));
    return '';
  } catch (error) {
    return inWords(error);
  }
}

function SignIn() {
  const [refused, action, waits] = useActionState(enter, '');
  return (
    <form action={action}>
      <input name="email" type="email" autoComplete="username" placeholder="E-mail" />
      <input name="password" type="password" autoComplete="current-password" placeholder="Password" />
      <input type="submit" value="Sign in" disabled={waits} />
      <input type="submit" name="up" value="Sign up" disabled={waits} />
      <p role="alert">{refused}</p>
    </form>
  );
}

function Keys() {
  const keys = useQuery(keyseal.keys.list.queryOptions());
  const create = useMutation(
    keyseal.keys.create.mutationOptions({
      // The response has the secrets of the key: nothing keeps them once this is left.
      gcTime: 0,
      onSuccess: () => queryClient.invalidateQueries(keyseal.keys.list.queryFilter()),
    }),
  );
  const make = (form: FormData) =>
    create.mutate({
      name: String(form.get('name')),
      environment: 'test',
      permissions: ['exemple:read'],
      idempotencyKey: crypto.randomUUID(),
    });
  const error = keys.error ?? create.error;
  return (
    <>
      <input type="button" value="Sign out" onClick={() => session.signOut()} />
      <ul>
        {keys.data?.items.map(({ id, name }) => (
          <li key={id}>{name}</li>
        ))}
      </ul>
      <form action={make}>
        <input name="name" placeholder="Name of a key" />
        <input type="submit" value="Create" disabled={create.isPending} />
      </form>
      {create.data && <output>Shown once: {create.data.secret}</output>}
      <p role="alert">{error ? inWords(error) : ''}</p>
    </>
  );
}

function App() {
  const id = useSyncExternalStore(session.subscribe, () => session.id);
  if (id === undefined) return null;
  return id === null ? <SignIn /> : <Keys key={id} />;
}

createRoot(document.getElementById('root') as HTMLElement).render(
  <QueryClientProvider client={queryClient}>
    <App />
  </QueryClientProvider>,
);
