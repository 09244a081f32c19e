import { type Cell, tlsNameOf } from './cells.ts';
import type { Operation } from './operations.ts';

interface Installation {
  readonly name: string;
  readonly version: string;
}

/** What a run of the matrix leaves behind. */
export interface Recorded {
  /** YYYY-MM-DD */
  readonly date: string;
  /** In the order of the table. */
  readonly proxies: readonly Installation[];
  readonly clients: readonly Installation[];
  /** Comma-separated names. */
  readonly absent: string;
  readonly cells: readonly Cell[];
}

const lineOf = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const named = ({ name, version }: Installation): string => `${name} ${version}`.trim();

/** The matrix in Markdown: a line for each proxy, a column for each client, and below it what failed. */
export function matrixTable({ date, proxies, clients, absent, cells }: Recorded): string {
  const head = ['', ...clients.map(named)];
  const lines = proxies.map((proxy) =>
    lineOf([named(proxy), ...clients.map(({ name }) => cellOf(cells, proxy.name, name))]),
  );
  const failures = failuresOf(cells).map((line) => `- ${line}`);
  return [
    [lineOf(head), lineOf(head.map(() => '---')), ...lines].join('\n'),
    ...(failures.length > 0 ? [failures.join('\n')] : []),
    `${date}.${absent === '' ? '' : ` Not installed: ${absent}.`}`,
  ].join('\n\n');
}

function cellOf(cells: readonly Cell[], proxy: string, client: string): string {
  const own = cells.filter((cell) => cell.proxy === proxy && cell.client === client);
  if (own.length === 0) return '–';
  const not = own.filter(({ outcome }) => outcome !== 'ok');
  const count = `${own.length - not.length} of ${own.length}`;
  if (not.length === 0) return count;
  const text = `${count} (not ${not.map(({ operation }) => operation).join(', ')})`;
  return not.every(isKnownLimit) ? text : `**${text}**`;
}

/**
 * What a proxy cannot do, whatever its configuration and the service: it does not fail a run, and the page says so.
 * These close the client's connection while the client still sends, and a client that reads only afterwards finds
 * it reset instead of the response (RFC 9112 section 9.6).
 */
const KNOWN_LIMITS: Readonly<Record<string, Operation>> = {
  Caddy: 'large',
  nghttpx: 'large',
  Squid: 'large',
};

/** How clients put it in words; Java names the length of the response whose body it lost. */
const RESET =
  /broken pipe|reset|closed|bytes received|EPIPE|EOF|end of file|no bytes|hang ?up|terminated|SSL write error|HTTP\/2 framing/i;

const isKnownLimit = ({ proxy, operation, outcome }: Cell): boolean =>
  KNOWN_LIMITS[proxy.replace(tlsNameOf(''), '')] === operation && RESET.test(outcome);

/** A line for each cell that failed, but for known limits. */
export const failuresOf = (cells: readonly Cell[]): string[] =>
  cells.filter((cell) => cell.outcome !== 'ok' && !isKnownLimit(cell)).map(lineAbout);

const lineAbout = ({ proxy, client, operation, outcome }: Cell): string =>
  `${proxy}, ${client}, ${operation}: \`${outcome.replaceAll('`', '')}\``;
