import { NativeSelect, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api } from '../api/service.ts';
import { readFirstKeys } from '../key-model/first-keys.ts';
import { useTexts } from '../language/language.ts';
import { useSessionId } from '../session/session-id.ts';
import { type ExampleKey, SOME_KEY } from './example-key.ts';
import { docsTexts } from './texts.ts';

interface KeyChoiceProps {
  readonly chosen: ExampleKey;
  readonly onChoose: (key: ExampleKey) => void;
}

/** As many as a list can be chosen from. */
const MAX_KEYS = 100;

/** The choice of the key for the examples. Readers who may see no keys get the public page. */
export function KeyChoice({ chosen, onChoose }: KeyChoiceProps) {
  const texts = useTexts(docsTexts);
  const sessionId = useSessionId();
  const { data } = useQuery({
    queryKey: [...api.keys.list.pathKey(), 'docs'],
    queryFn: ({ signal }) => readFirstKeys({ limit: MAX_KEYS, status: 'active' }, signal),
    enabled: Boolean(sessionId),
    retry: false,
  });
  if (sessionId === null) {
    return (
      <Text size="sm" c="dimmed">
        {texts.signInHint}
      </Text>
    );
  }
  if (!data || data.items.length === 0) return null;
  const keys = data.items.map(({ id, name }) => ({ value: id, label: `${name} · ${id}` }));
  return (
    <NativeSelect
      label={texts.key}
      description={texts.keyHint}
      inputWrapperOrder={['label', 'input', 'description']}
      data={[{ value: SOME_KEY.id, label: texts.noKey }, ...keys]}
      value={chosen.id}
      onChange={({ currentTarget }) =>
        onChoose(data.items.find(({ id }) => id === currentTarget.value) ?? SOME_KEY)
      }
      maw="28rem"
    />
  );
}
