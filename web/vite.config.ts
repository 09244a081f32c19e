import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { markdownPages } from './markdown-pages.ts';

/** The console, which the service serves at `/`. Every file of `assets` has the digest of its content in its name. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), markdownPages()],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    // Small scripts would otherwise become inline ones, which the page's policy refuses.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
  },
});
