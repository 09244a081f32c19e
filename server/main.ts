import { complain } from './commands/failure.ts';
import { loadOwnApi } from './commands/load-api.ts';
import { serve } from './commands/serve.ts';

try {
  await serve(loadOwnApi);
} catch (error) {
  process.exit(complain(error));
}
