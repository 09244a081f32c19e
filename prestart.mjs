// `npm start` of a clone. With the tools of development it builds again; without them, or where nothing can be written, it serves
// what was built, or says what to run.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';

const built = existsSync('dist/server/main.js') && existsSync('dist/web/index.html');
const tools = ['typescript', 'vite'].every((name) => existsSync(`node_modules/${name}/package.json`));

if (tools && (!built || isWritable('.'))) {
  const { status } = spawnSync('npm run --silent compile && npm run --silent console', {
    shell: true,
    stdio: 'inherit',
  });
  process.exit(status ?? 1);
}
if (!built) {
  process.stderr.write(
    'keyseal: Nothing is built yet, and the tools that build it are not installed. Run npm ci && npm run build, then npm prune --omit=dev if they are not to stay, and npm start.\n',
  );
  process.exit(1);
}

/** @param {string} folder */
function isWritable(folder) {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
