import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import type { Plugin } from 'vite';

/** The files that the page itself names: those that its first visit waits for. */
const NAMED = /(?:src|href)="\.\/(assets\/[^"]+\.(?:js|css))"/g;

/**
 * Writes a Brotli file of the highest quality next to each file of a first visit. The service would otherwise compress them while
 * it serves them, at a quality that takes a tenth of the time and produces seven per cent more bytes.
 */
export const compressedPlugin = (): Plugin => ({
  name: 'compressed-first-files',
  apply: 'build',
  writeBundle({ dir = '' }) {
    const page = readFileSync(join(dir, 'index.html'), 'utf8');
    for (const [, name = ''] of page.matchAll(NAMED)) {
      const bytes = readFileSync(join(dir, name));
      const params = {
        [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      };
      writeFileSync(join(dir, `${name}.br`), brotliCompressSync(bytes, { params }));
    }
  },
});
