import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { BASE_PATH } from '../api/browser-session.ts';
import { auditSearch } from '../audit/audit-search.ts';
import { docsSearch } from '../docs/docs-search.ts';
import { keySearch } from '../key/key-search.ts';
import { readKeysSearch } from '../key-model/keys-search.ts';
import { playgroundSearch } from '../playground/search.ts';
import { requestsSearch } from '../requests/requests-search.ts';
import { isSignedIn } from '../session/session-id.ts';
import { ErrorPage } from '../shell/error-page.tsx';
import { SignInPage } from '../sign-in/sign-in-page.tsx';
import { SIGN_UP } from '../sign-in/sign-up-state.ts';
import { Loading } from '../ui/feedback/loading.tsx';
import { workspaceSearch } from '../usage/workspace-search.ts';

/** The page to return to after sign-in. */
interface Next {
  readonly next?: string | undefined;
}

/** A page that loads when it is opened, with what the sign-in page does without. */
const pageOf = <M extends Readonly<Record<N, ComponentType>>, N extends string>(
  load: () => Promise<M>,
  name: N,
) =>
  lazyRouteComponent(async () => {
    const [pages, { inPageFrame }] = await Promise.all([load(), import('./page-frame.tsx')]);
    return { Page: inPageFrame(pages[name]) };
  }, 'Page');

const root = createRootRoute({
  notFoundComponent: pageOf(() => import('./framed.tsx'), 'FramedNotFound'),
});

/** Pages with the navigation around them, open to anyone. */
const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  component: pageOf(() => import('./framed.tsx'), 'Framed'),
});

/** Pages for signed-in users. Others go to sign-in, which leads back. */
const inside = createRoute({
  getParentRoute: () => shell,
  id: 'inside',
  beforeLoad: async ({ location }) => {
    if (await isSignedIn()) return;
    // A service without an account has no user who could sign in.
    throw redirect({ to: SIGN_UP === 'first' ? '/sign-up' : '/sign-in', search: { next: location.href } });
  },
  component: pageOf(() => import('./signed-in.tsx'), 'RequireSession'),
});

const docs = createRoute({ getParentRoute: () => shell, path: '/docs' });

/**
 * The router gives a page all parameters of its URL, and merges those that the page reads over them. A value that the page
 * rejects must therefore be undefined: left out, it would reach the page unchecked.
 */
function takeOnly<S extends object>(read: (search: Record<string, unknown>) => S) {
  return (search: Record<string, unknown>): S => {
    const untaken = Object.keys(search).map((name) => [name, undefined]);
    return { ...Object.fromEntries(untaken), ...read(search) };
  };
}

function nextSearch({ next }: Record<string, unknown>): Next {
  // Only a path within the console: `//host` would lead to another site.
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? { next } : {};
}

/** With the `state` that an identity provider sends back after a sign-out (OpenID Connect RP-Initiated Logout 1.0, section 2). */
function signInSearch(search: Record<string, unknown>): Next & { readonly state?: string | undefined } {
  const { next } = nextSearch(search);
  return { next, state: typeof search['state'] === 'string' ? search['state'] : undefined };
}

/** Every page of the console, by its path. Each loads its code when it is opened. */
const routeTree = root.addChildren([
  createRoute({
    getParentRoute: () => root,
    path: '/sign-in',
    validateSearch: takeOnly(signInSearch),
    // In the first script: most first visits end here.
    component: SignInPage,
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/sign-in/callback/$issuer',
    component: pageOf(() => import('../sign-in/callback-page.tsx'), 'CallbackPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/sign-up',
    validateSearch: takeOnly(nextSearch),
    component: pageOf(() => import('../sign-in/sign-up-page.tsx'), 'SignUpPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/reset',
    component: pageOf(() => import('../sign-in/reset-page.tsx'), 'ResetPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/invitation',
    component: pageOf(() => import('../invitation/invitation-page.tsx'), 'InvitationPage'),
  }),
  shell.addChildren([
    createRoute({
      getParentRoute: () => shell,
      path: '/security',
      component: pageOf(() => import('../docs/docs-page.tsx'), 'SecurityPage'),
    }),
    docs.addChildren([
      createRoute({
        getParentRoute: () => docs,
        path: '/',
        validateSearch: takeOnly(docsSearch),
        component: pageOf(() => import('../docs/docs-index.tsx'), 'DocsIndex'),
      }),
      createRoute({
        getParentRoute: () => docs,
        path: '$',
        component: pageOf(() => import('../docs/docs-page.tsx'), 'DocsPage'),
      }),
    ]),
    createRoute({
      getParentRoute: () => shell,
      path: '/security/debugger',
      // The page reads what it knows of it: its code is not part of the first script.
      validateSearch: (search: Record<string, unknown>) => search,
      component: pageOf(() => import('../debugger/debugger-page.tsx'), 'DebuggerPage'),
    }),
    inside.addChildren([
      createRoute({
        getParentRoute: () => inside,
        path: '/',
        component: pageOf(() => import('../overview/overview-page.tsx'), 'OverviewPage'),
      }),
      createRoute({
        getParentRoute: () => inside,
        path: '/keys',
        validateSearch: takeOnly(readKeysSearch),
        component: pageOf(() => import('../keys/keys-page.tsx'), 'KeysPage'),
      }),
      createRoute({
        getParentRoute: () => inside,
        path: '/keys/$id',
        validateSearch: takeOnly(keySearch),
        component: pageOf(() => import('../key/key-page.tsx'), 'KeyPage'),
      }),
      createRoute({
        getParentRoute: () => inside,
        path: '/playground',
        validateSearch: takeOnly(playgroundSearch),
        component: pageOf(() => import('../playground/playground-page.tsx'), 'PlaygroundPage'),
      }),
      createRoute({
        getParentRoute: () => inside,
        path: '/usage',
        validateSearch: takeOnly(workspaceSearch),
        component: pageOf(() => import('../usage/usage-page.tsx'), 'UsagePage'),
      }),
      createRoute({
        getParentRoute: () => inside,
        path: '/requests',
        validateSearch: takeOnly(requestsSearch),
        component: pageOf(() => import('../requests/requests-page.tsx'), 'RequestsPage'),
      }),
      createRoute({
        getParentRoute: () => inside,
        path: '/team',
        component: pageOf(() => import('../team/team-page.tsx'), 'TeamPage'),
      }),
      createRoute({
        getParentRoute: () => inside,
        path: '/workspace',
        component: pageOf(() => import('../team/workspace-page.tsx'), 'WorkspacePage'),
      }),
      createRoute({
        getParentRoute: () => inside,
        path: '/audit',
        validateSearch: takeOnly(auditSearch),
        component: pageOf(() => import('../audit/audit-page.tsx'), 'AuditPage'),
      }),
      createRoute({
        getParentRoute: () => inside,
        path: '/sessions',
        component: pageOf(() => import('../sessions/sessions-page.tsx'), 'SessionsPage'),
      }),
      createRoute({
        getParentRoute: () => inside,
        path: '/profile',
        component: pageOf(() => import('../profile/profile-page.tsx'), 'ProfilePage'),
      }),
    ]),
  ]),
]);

export const consoleRouter = createRouter({
  routeTree,
  basepath: BASE_PATH || '/',
  // As the service compares paths.
  caseSensitive: true,
  defaultPreload: 'intent',
  defaultPendingComponent: Loading,
  defaultErrorComponent: ErrorPage,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof consoleRouter;
  }
}
