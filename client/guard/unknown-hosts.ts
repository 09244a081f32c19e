/** The maximum number of reported hosts. A caller picks the `host` header, so the list must not grow with what callers send. */
const MAX_REPORTED = 16;
/** Characters of a host that are reported: the longest name in DNS with a port (RFC 1035 §2.3.4). */
const MAX_LENGTH = 260;

/**
 * Reports each host outside the guard's authorities once. A service whose option `authority` is wrong would refuse
 * every request, and its operator would not know why.
 */
export class UnknownHosts {
  readonly #known: string;
  readonly #reported = new Set<string>();

  /** @param authorities the guard's authorities */
  constructor(authorities: Iterable<string>) {
    this.#known = [...new Set(authorities)].join(', ');
  }

  /** Notes a refused host. @returns the error to report, or null if it was reported before or the list is full */
  note(host: string): Error | null {
    const name = host.toLowerCase().slice(0, MAX_LENGTH);
    if (this.#reported.size >= MAX_REPORTED || this.#reported.has(name)) return null;
    this.#reported.add(name);
    const isLast = this.#reported.size === MAX_REPORTED;
    return new Error(
      `A request for the host ${JSON.stringify(name)} was refused with AUTHORITY_UNKNOWN: the guard's option "authority" is ${this.#known}. ` +
        `If callers reach this service under that host, add it to "authority" and to the "authorities" of the guard's key.` +
        (isLast ? ` No more hosts will be reported: this is the ${MAX_REPORTED}th.` : ''),
    );
  }
}
