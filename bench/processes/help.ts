/** Prints how a command is used, and ends the process. */
export function printHelp(usage: string): never {
  console.log(usage);
  process.exit(0);
}
