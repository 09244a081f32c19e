import { setFlagsFromString } from 'node:v8';

/**
 * Makes V8 allocate every new object in the young generation, for the whole process.
 *
 * By default V8 counts, for each allocation site in the code, how many of its objects survive a young collection, and if most
 * did once, its optimized code allocates the next ones in the old generation (pretenuring). Objects of requests that wait
 * together survive like that, and die a moment later. After that, the old generation fills with dead objects, and whatever they
 * point to survives each young collection until the next full one: 8 MB each time, and 30 ms instead of 2.
 */
export function disablePretenuring(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
}
