import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { markdownPages } from './markdown-pages.ts';

/** The console, as the service answers it at `/`: every file of `assets` has the digest of what it holds in its name. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), markdownPages()],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    // A script in place of a file would be inline, which the policy of the page refuses.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
  },
});
