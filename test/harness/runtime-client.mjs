// The calls as a program of Node, Bun and Deno.
import { makeCalls } from './runtime-calls.mjs';

process.stdout.write(JSON.stringify(await makeCalls(JSON.parse(process.env.CALLER))));
process.exit(0);
