import { complain } from './commands/failure.ts';
import { serve } from './commands/serve.ts';

try {
  await serve();
} catch (error) {
  process.exit(complain(error));
}
