import { countedEn } from '../../language/counted.ts';

export const en = {
  column: 'Select',
  selectOf: (name: string) => `Select ${name}`,
  selectAll: 'Select all keys shown',
  selected: (count: number, written: string) => `${written} ${count === 1 ? 'key' : 'keys'} selected`,
  most: (written: string) => `At most ${written} keys at a time.`,
  bar: 'Actions for the selected keys',
  clear: 'Clear the selection',
  close: 'Close',
  cancel: 'Cancel',
  stop: 'Stop',
  items: { disable: 'Disable…', enable: 'Enable…', revoke: 'Revoke…' },
  titles: {
    disable: 'Disable the selected keys',
    enable: 'Enable the selected keys',
    revoke: 'Revoke the selected keys',
  },
  more: {
    disable: 'Calls with these keys are refused until you enable them again.',
    enable: 'Calls with these keys are accepted again, as before.',
    revoke: 'You cannot undo this. Calls with these keys are refused from now on.',
  },
  concerns: (count: number, written: string) => `${written} ${count === 1 ? 'key' : 'keys'}`,
  environments: (live: string, test: string) => `${live} live, ${test} test`,
  skipped: (count: number, written: string) =>
    count === 1
      ? '1 selected key is left out: its status or your role does not allow this.'
      : `${written} selected keys are left out: their status or your role does not allow this.`,
  calls: (calls: number, written: string, keys: string) =>
    calls === 0
      ? 'None of them made a call in the last 24 hours.'
      : `${written} ${calls === 1 ? 'call' : 'calls'} in the last 24 hours, by ${keys} of them. Any client that still uses them will start failing.`,
  counting: 'Counting the calls of the last 24 hours…',
  inUse: 'Used in the last 24 hours',
  confirm: (text: string) => `Type ${text} to confirm`,
  phrase: (written: string) => `revoke ${written}`,
  wrong: 'This does not match.',
  send: { disable: 'Disable', enable: 'Enable', revoke: 'Revoke permanently' },
  nothing: 'This applies to none of the selected keys.',
  progress: (done: string, all: string) => `${done} of ${all}`,
  done: (done: string, all: string) => `Done for ${done} of ${countedEn(all, 'key', 'keys')}.`,
  failed: 'Not done',
  stopped: 'Stopped before this key.',
  again: 'Try these again',
};
