import type { TRPCRouterRecord } from '@trpc/server';
import { reportError } from '../cli/output/failure.ts';
import { createProgram } from '../cli/program.ts';
import { showSecrets } from '../server/app/bootstrap.ts';
import { routes as builtInRoutes } from '../server/app/routes.ts';
import { startService } from '../server/app/service.ts';
import { readConfig } from '../server/lib/config.ts';
import { type Api, buildRegistry } from '../server/rpc/procedure-registry.ts';
import { router } from '../server/rpc/trpc.ts';
import { PERMISSION_FORM, PERMISSIONS } from '../shared/permissions.ts';
import { checkServiceOptions, type ServiceOptions } from './options.ts';

/** A service that runs in this process. */
export interface Running {
  /** The first public origin. */
  readonly url: string;
  readonly port: number;
  /** Lets accepted calls finish, then closes the database. */
  stop(): Promise<void>;
}

/** Keyseal with custom procedures. */
export interface KeysealService {
  /**
   * Starts the service: migrates the database, then listens.
   * @throws ConfigError if the configuration is invalid; its message names the variable
   */
  start(): Promise<Running>;
  /**
   * Runs the command line `keyseal` with your procedures and permissions. Without a command it serves until SIGTERM
   * or SIGINT. `config` overrides the environment of the process. Sets the exit code.
   */
  run(args?: readonly string[]): Promise<void>;
}

/**
 * Keyseal with your own procedures alongside the built-in ones, behind the same gate.
 * @throws TypeError if an option or a guard is malformed; the message names the procedure
 * @throws Error if Keyseal itself uses a procedure's name, or a guard is public or requires an undeclared permission
 * @example
 * ```ts
 * import { createProcedure, createService } from 'keyseal';
 *
 * const permissions = ['clock:read'] as const;
 * const now = createProcedure(permissions)({ access: 'key', permission: 'clock:read' });
 * const service = createService({
 *   routes: { clock: { now: now.query(() => new Date().toISOString()) } },
 *   permissions,
 *   config: { PORT: '3000' },
 * });
 * await service.run();
 * ```
 */
export function createService(options: ServiceOptions): KeysealService {
  checkServiceOptions(options);
  const { routes, permissions = [], config = {} } = options;
  const api = buildRegistry(router({ ...builtInRoutes, ...withoutTaken(routes) }));
  checkGuards(api, permissions);
  const env = () => ({
    ...process.env,
    ...config,
    KEYSEAL_PERMISSIONS: joinPermissions(config, permissions),
  });
  return {
    start: async () => {
      const set = readConfig(env(), process.stdout.isTTY === true);
      const say = (path: string) =>
        void process.stdout.write(`Written once, readable only by its owner: ${path}\n`);
      const show = showSecrets(set.dataDir, process.stdout.isTTY === true, say);
      const { url, port, stop } = await startService(set, { show, api });
      return { url, port, stop };
    },
    run: async (args = process.argv.slice(2)) => {
      Object.assign(process.env, env());
      const given = args.length === 0 ? ['serve'] : [...args];
      const program = await createProgram(async () => api, given);
      await program.parseAsync(given, { from: 'user' }).catch((error) => {
        process.exitCode = reportError(error, args.includes('--json'));
      });
    },
  };
}

/** The permissions from `KEYSEAL_PERMISSIONS` and from your options. */
function joinPermissions(config: ServiceOptions['config'], permissions: readonly string[]): string {
  const given = config?.KEYSEAL_PERMISSIONS ?? process.env['KEYSEAL_PERMISSIONS'] ?? '';
  return [given, ...permissions].filter((name) => name !== '').join(',');
}

function withoutTaken(routes: TRPCRouterRecord): TRPCRouterRecord {
  const taken = Object.keys(routes).filter((name) => Object.hasOwn(builtInRoutes, name));
  if (taken.length > 0) throw new Error(`Keyseal itself has ${taken.join(', ')}: give yours another name.`);
  return routes;
}

function checkGuards({ procedures }: Api, permissions: readonly string[]): void {
  const wrong = permissions.find((name) => !PERMISSION_FORM.test(name) || name.endsWith(':*'));
  if (wrong !== undefined) throw new Error(`The permission ${wrong} is not of the form area:verb.`);
  const known = new Set<string>([...PERMISSIONS, ...permissions]);
  for (const [name, { guard }] of procedures) {
    if (Object.hasOwn(builtInRoutes, name.split('.', 1)[0] as string)) continue;
    if (guard.access === 'public' || guard.access === 'session') {
      throw new Error(
        `The procedure ${name} is open: your own procedures must require an authenticated caller.`,
      );
    }
    const required = 'permission' in guard ? guard.permission : undefined;
    if (required !== undefined && !known.has(required)) {
      throw new Error(
        `The procedure ${name} requires the permission ${required}, which is not in your list of permissions.`,
      );
    }
  }
}
