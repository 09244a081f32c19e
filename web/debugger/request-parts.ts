/** A request as the user's code sent it. */
export interface PastedRequest {
  readonly method: string;
  /** As it was written: it may have a scheme or a default port, which is not signed. */
  readonly authority: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** Parses `name: value`; null if the line is not a header. */
export function headerOf(line: string): [name: string, value: string] | null {
  const at = line.indexOf(':');
  return at < 1 ? null : [line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim()];
}

/** The authority and the target of a URL, or of a target by itself, as written. */
export function partsOf(url: string): { authority: string; target: string } {
  const [, authority = '', rest = ''] = /^(?:https?:\/\/)?([^/?#]*)(.*)$/i.exec(url) ?? [];
  const target = rest.split('#', 1)[0] ?? '';
  return { authority, target: target.startsWith('/') ? target : `/${target}` };
}

export const valuesOf = (headers: PastedRequest['headers'], name: string): string[] =>
  headers.filter(([one]) => one === name).map(([, value]) => value);
