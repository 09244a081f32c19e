import { Alert, Button, Group, Radio, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { normalizeName } from '../../key-actions/normalize-name.ts';
import type { ConsoleKey } from '../../key-model/key.ts';
import { useMayHold } from '../../key-model/may-hold.ts';
import { useFormats } from '../../language/formats.ts';
import { useTexts } from '../../language/language.ts';
import { Failed } from '../../ui/feedback/failed.tsx';
import { EvidenceView } from './evidence-view.tsx';
import { leakTexts } from './texts.ts';
import { useCallsAtStake, useFreshKey } from './use-evidence.ts';

export type Remedy = 'rotate' | 'revoke';

interface LeakFormProps {
  readonly apiKey: ConsoleKey;
  readonly onSend: (remedy: Remedy) => void;
  readonly onClose: () => void;
  readonly isPending: boolean;
  readonly error: unknown;
}

/** What is known about the leak, what each remedy breaks, and the choice between them. */
export function LeakForm({ apiKey, onSend, onClose, isPending, error }: LeakFormProps) {
  const texts = useTexts(leakTexts);
  const blocked = useWhyNotRotate(apiKey);
  const [now] = useState(Date.now);
  const { data: calls } = useCallsAtStake(apiKey.id, now);
  useFreshKey(apiKey.id);
  const [remedy, setRemedy] = useState<Remedy>(blocked ? 'revoke' : 'rotate');
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState(false);
  const name = normalizeName(apiKey.name) || apiKey.id;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const isWrong = remedy === 'revoke' && normalizeName(typed) !== name;
    setWrong(isWrong);
    if (!isWrong) onSend(remedy);
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <EvidenceView apiKey={apiKey} refused={calls?.refused} />
        {calls && <Impact {...calls} />}
        <Remedies apiKey={apiKey} remedy={remedy} blocked={blocked} onChange={setRemedy} />
        {remedy === 'revoke' && (
          <TextInput
            label={texts.confirm(name)}
            autoComplete="off"
            spellCheck={false}
            dir="auto"
            value={typed}
            onChange={({ currentTarget }) => setTyped(currentTarget.value)}
            error={wrong && texts.wrong}
          />
        )}
        <Failed error={error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {texts.cancel}
          </Button>
          <Button type="submit" loading={isPending} color="red.9">
            {texts.send[remedy]}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface RemediesProps {
  readonly apiKey: ConsoleKey;
  readonly remedy: Remedy;
  readonly blocked: ReturnType<typeof useWhyNotRotate>;
  readonly onChange: (remedy: Remedy) => void;
}

function Remedies({ apiKey: { signature }, remedy, blocked, onChange }: RemediesProps) {
  const texts = useTexts(leakTexts);
  const rotate = texts.rotateMore[signature.thumbprint === null ? 'secret' : 'pair'];
  const more = { ...texts.choicesMore, rotate: blocked ? texts.noRotate[blocked] : rotate };
  return (
    <Radio.Group label={texts.choice} value={remedy} onChange={(to) => onChange(to as Remedy)}>
      <Stack gap="xs" mt="xs">
        {(['rotate', 'revoke'] as const).map((choice) => (
          <Radio
            key={choice}
            value={choice}
            label={texts.choices[choice]}
            description={more[choice]}
            disabled={choice === 'rotate' && blocked !== null}
          />
        ))}
      </Stack>
    </Radio.Group>
  );
}

/** Why a key cannot be rotated here; null if it can. */
function useWhyNotRotate(apiKey: ConsoleKey) {
  const mayHold = useMayHold(apiKey);
  if (apiKey.status !== 'active') return 'status';
  return mayHold ? null : 'owner';
}

function Impact({ hour, day }: { readonly hour: number; readonly day: number }) {
  const texts = useTexts(leakTexts);
  const { number } = useFormats();
  return (
    <Alert color={day === 0 ? 'gray' : 'yellow'} role="status" title={texts.breaks}>
      <Text size="sm">{day === 0 ? texts.noCalls : texts.calls(number(hour), number(day))}</Text>
    </Alert>
  );
}
