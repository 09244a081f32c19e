/** The path of the first public origin, below which clients reach the service; empty without one. */
export const basePathOf = (origin: string): string => new URL(origin).pathname.replace(/\/$/, '');

/**
 * Removes the base path from a target. If a proxy has removed it already, the target stays as it is. No
 * path of the service begins with the base path (`isOwnPath`), so a target is never both.
 */
export function withoutBasePath(target: string, basePath: string): string {
  if (basePath === '') return target;
  if (target.startsWith(`${basePath}/`)) return target.slice(basePath.length);
  // The console, without a trailing slash. Below `/api/` it would be a procedure.
  const isRoot = target === basePath || target.startsWith(`${basePath}?`);
  return isRoot && !target.startsWith('/api/') ? `/${target.slice(basePath.length)}` : target;
}
