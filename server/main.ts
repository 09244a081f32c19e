import { reportError } from '../cli/failure.ts';
import { loadOwnApi } from '../cli/load-api.ts';
import { serve } from '../cli/serve.ts';

try {
  await serve(loadOwnApi);
} catch (error) {
  process.exit(reportError(error));
}
