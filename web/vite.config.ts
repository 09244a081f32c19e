import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { compressedPlugin } from './compressed-plugin.ts';
import { docsPlugin } from './docs/compile/vite-plugin.ts';

/** The console, which the service serves at the root of its base path. Every file of `assets` has the digest of its content in its name. */
export default defineConfig({
  root: import.meta.dirname,
  // Files name each other relatively. The service writes the paths of the page itself, below its base path.
  base: './',
  plugins: [react(), docsPlugin(), compressedPlugin()],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    // The oldest browsers with light-dark(). For older ones it would be compiled to variables that only a `color-scheme`
    // in the same file defines, and each colour in it would be lost.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // Small scripts would otherwise become inline ones, which the page's policy refuses.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    // Every browser with light-dark() preloads modules by itself.
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // The package does not say that it has no side effects: each of its links would stay, used or not.
      treeshake: { moduleSideEffects: [{ test: /@trpc[\\/]client/, sideEffects: false }] },
      output: {
        codeSplitting: {
          // One script for what every visit loads: a slow network pays for each request. The tag is on all that it needs. With the
          // dependencies of those modules it would also have what only later pages use of them.
          groups: [{ name: 'first', tags: ['$initial'], includeDependenciesRecursively: false }],
        },
      },
    },
  },
});
