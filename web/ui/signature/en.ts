export const en = {
  open: 'Ten lines, not sealed yet.',
  accepted: 'The ten lines closed into a seal: the call was accepted.',
  refused: 'The seal is cracked: the call was refused.',
  refusedAt: (line: number) => `The seal is cracked at line ${line} of 10: the call was refused.`,
};
