import { PACKAGE_ROOT } from '../server/lib/package-root.ts';
import type { Client } from './clients.ts';
import { CALL_NAMES, type Operation, programCalls, SPECIAL } from './operations.ts';
import { type Ran, runProgram } from './run-program.ts';
import type { Subject } from './subject.ts';

/** What became of an operation through a proxy with a client: `ok`, or what was wrong. */
export interface Cell {
  readonly proxy: string;
  readonly client: string;
  readonly operation: Operation;
  readonly outcome: string;
}

/** A way to the service: a proxy, or none. */
export interface Way {
  readonly name: string;
  readonly url: string;
  /** The CA of its certificate, PEM, if it speaks TLS and HTTP/2. */
  readonly ca?: string;
}

/** A client that is installed, with the folder of what it compiled. */
export interface Installed {
  readonly client: Client;
  readonly version: string;
  readonly folder: string;
  /** The variables by which it trusts the certificate of the proxies. */
  readonly env: Readonly<Record<string, string>>;
}

/** The name of a proxy where it terminates TLS. */
export const tlsNameOf = (proxy: string): string => `TLS, ${proxy}`;

/** Clients of HTTP/1.1 differ in how they speak TLS, whichever proxy it is: they try only one, which saves time. */
export const isTried = (way: Way, client: Client): boolean =>
  way.ca === undefined || client.http2 === true || way.name === tlsNameOf('nginx');

/** All operations of one client, one after the other. @param fileOf the path of a file of that many MiB */
export async function callThrough(
  way: Way,
  installed: Installed,
  { key }: Pick<Subject, 'key'>,
  fileOf: (mebibytes: number) => string,
): Promise<Cell[]> {
  const { client, folder, env: trust } = installed;
  const outcomes =
    client.kind === 'typescript'
      ? await typescriptOutcomes(
          await runProgram(client.command(folder), [], { ...trust, ...compatEnv([way], key, false) }),
        )
      : await programOutcomes();
  return Object.entries(outcomes).map(([operation, outcome]) => ({
    ...{ proxy: way.name, client: client.name },
    ...{ operation: operation as Operation, outcome },
  }));

  async function programOutcomes(): Promise<Record<string, string>> {
    const env = {
      ...trust,
      KEYSEAL_URL: way.url,
      KEYSEAL_API_KEY: key.apiKey,
      KEYSEAL_SIGNING_SECRET: key.signingSecret,
    };
    const outcomes: Record<string, string> = {};
    for (const [operation, { args, isRight }] of Object.entries(programCalls(fileOf))) {
      outcomes[operation] = outcomeOf(await runProgram(client.command(folder), args, env), isRight);
    }
    return outcomes;
  }
}

/** The variables of compat/programs/typescript.mjs. @param listen to subscribe, instead of making calls */
export function compatEnv(
  ways: readonly Way[],
  key: Subject['key'],
  listen: boolean,
): Record<string, string> {
  const { apiKey, signingSecret } = key;
  const urls = ways.map(({ url }) => url);
  return { COMPAT: JSON.stringify({ urls, apiKey, signingSecret, special: SPECIAL, listen }) };
}

function typescriptOutcomes(ran: Ran): Record<string, string> {
  try {
    return JSON.parse(ran.out);
  } catch {
    const outcome = shortened(ran.err || ran.out || `it ended with ${ran.code}`);
    return Object.fromEntries(CALL_NAMES.map((name) => [name, outcome]));
  }
}

/** What Java says about its options first. */
const JAVA_NOTE = /^NOTE: Picked up .*\n/;

function outcomeOf({ code, out, err }: Ran, isRight: (answer: unknown) => boolean): string {
  try {
    if (isRight(JSON.parse(out))) return 'ok';
  } catch {}
  return shortened(out || complaintIn(err) || `it ended with ${code}`);
}

/** Node writes the error of a connection below the one of fetch, and Python writes any error below the calls. */
const complaintIn = (err: string): string =>
  /\[cause\]: (.+)/.exec(err)?.[1] ??
  (/^Traceback /m.test(err) ? err.trimEnd().split('\n').at(-1) : undefined) ??
  err.replace(JAVA_NOTE, '');

/** The first words of a response on one line, fit for a cell of a table, without paths of this machine. */
export const shortened = (text: string): string =>
  /"reason":"([A-Z_]+)"/.exec(text)?.[1] ??
  text
    .replaceAll(`${PACKAGE_ROOT}/`, '')
    .replaceAll(/[\s|]+/g, ' ')
    .trim()
    .slice(0, 160);
