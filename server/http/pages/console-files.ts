import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { PACKAGE_ROOT } from '../../lib/package-root.ts';
import { CompressedBody } from './compressed-body.ts';

/** The directory into which `npm run build` writes the console. */
const CONSOLE_FOLDER = join(PACKAGE_ROOT, 'dist', 'web');

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

export const SHARED_HEADERS = { 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff' };

/** A file of the console, as it is sent. */
export interface ConsoleFile {
  readonly bytes: Buffer;
  readonly body: CompressedBody;
  readonly headers: Readonly<Record<string, string>>;
}

let files: ReadonlyMap<string, ConsoleFile> | null | undefined;

/** The console's icon, for clients that request one without reading a page. */
export function iconPage() {
  const icon = consoleFiles()?.get('/icon.svg');
  return icon
    ? { status: 200, body: icon.body, headers: { ...icon.headers } }
    : { status: 404, body: '{"status":"no icon"}' };
}

/** The files by their path; null if the console was not built. */
export function consoleFiles(): ReadonlyMap<string, ConsoleFile> | null {
  files ??= existsSync(join(CONSOLE_FOLDER, 'index.html')) ? readFiles() : null;
  return files;
}

function readFiles(): ReadonlyMap<string, ConsoleFile> {
  const names = readdirSync(CONSOLE_FOLDER, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const contents = new Map(
    names.map(({ parentPath, name }) => {
      const full = join(parentPath, name);
      return [full.slice(CONSOLE_FOLDER.length).replaceAll('\\', '/'), readFileSync(full)];
    }),
  );
  const paths = [...contents].filter(([path]) => !path.endsWith(BROTLI));
  return new Map(paths.map(([path, bytes]) => [path, fileOf(path, bytes, contents.get(path + BROTLI))]));
}

/** The end of the name of a file that the build wrote in Brotli too, at a higher quality than the service would. */
const BROTLI = '.br';

function fileOf(path: string, bytes: Buffer, br: Buffer | undefined): ConsoleFile {
  return {
    bytes,
    body: new CompressedBody(bytes, br && { br }),
    headers: {
      'content-type': CONTENT_TYPES[extname(path)] ?? 'application/octet-stream',
      // A file with a digest in its name never changes.
      'cache-control': path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      'cross-origin-resource-policy': 'same-origin',
      ...SHARED_HEADERS,
    },
  };
}
