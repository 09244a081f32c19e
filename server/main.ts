import { reportError } from '../cli/failure.ts';
import { loadOwnApi } from '../cli/load-api.ts';
import { handleOutputErrors } from '../cli/output-errors.ts';
import { serve } from '../cli/serve.ts';

handleOutputErrors();
try {
  await serve(loadOwnApi);
} catch (error) {
  process.exit(reportError(error));
}
