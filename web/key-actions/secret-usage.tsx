import { List } from '@mantine/core';
import type { ConsoleKey } from '../key-model/key.ts';
import { keysTexts } from '../key-model/texts.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';

/** Which secrets a key was last used with, and when. */
export function SecretUsage({ apiKey: { lastUsedAt, previous } }: { readonly apiKey: ConsoleKey }) {
  const { rotate: texts } = useTexts(keysTexts);
  const { fromNow, dateTime } = useFormats();
  const at = (when: string) => `${fromNow(when)} (${dateTime(when)})`;
  const byOlder = previous !== null && previous.lastUsedAt === lastUsedAt;
  const lastCall = previous === null ? texts.lastCall : byOlder ? texts.lastCallOlder : texts.lastCallNewest;
  return (
    <List size="sm">
      <List.Item>{lastUsedAt === null ? texts.neverUsed : lastCall(at(lastUsedAt))}</List.Item>
      {previous && !byOlder && (
        <List.Item>
          {previous.lastUsedAt === null ? texts.olderUnused : texts.olderUsed(at(previous.lastUsedAt))}
        </List.Item>
      )}
      {previous && <List.Item>{texts.olderEnds(dateTime(previous.validUntil))}</List.Item>}
    </List>
  );
}
