import { loadBuiltInApi } from '../cli/load-api.ts';
import { reportError } from '../cli/output/failure.ts';
import { handleOutputErrors } from '../cli/output/output-errors.ts';
import { serve } from '../cli/serve.ts';

handleOutputErrors();
try {
  await serve(loadBuiltInApi);
} catch (error) {
  process.exit(reportError(error));
}
