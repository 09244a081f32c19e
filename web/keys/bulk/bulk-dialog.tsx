import { Button, Group, Modal, Progress, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useMemo, useState } from 'react';
import type { ConsoleKey } from '../../key-model/key.ts';
import { useFormats } from '../../language/formats.ts';
import { useTexts } from '../../language/language.ts';
import { useMay, useMe } from '../../session/me.ts';
import { type BulkAction, selectApplicable } from './bulk-action.ts';
import { BulkImpactView } from './bulk-impact.tsx';
import { BulkOutcomes } from './bulk-outcomes.tsx';
import { bulkTexts } from './texts.ts';
import { type BulkState, useBulk } from './use-bulk.ts';

interface BulkDialogProps {
  readonly action: BulkAction;
  /** The keys that were selected when the dialog opened. */
  readonly selected: readonly ConsoleKey[];
  readonly onClose: () => void;
}

/** Carries out an action for the selected keys, after a look at what it breaks, and reports the outcome for each key. */
export function BulkDialog({ action, selected, onClose }: BulkDialogProps) {
  const texts = useTexts(bulkTexts);
  const { state, start, stop } = useBulk(action);
  const close = () => state.is === 'running' || onClose();
  return (
    <Modal
      opened
      onClose={close}
      title={texts.titles[action]}
      size="lg"
      closeButtonProps={{ 'aria-label': texts.close }}
    >
      {state.is === 'asking' && (
        <Ask action={action} selected={selected} onClose={onClose} onStart={(keys) => void start(keys)} />
      )}
      {state.is === 'running' && <Running state={state} stop={stop} />}
      {state.is === 'ended' && (
        <BulkOutcomes outcomes={state.outcomes} retry={(keys) => void start(keys)} onClose={onClose} />
      )}
    </Modal>
  );
}

interface QuestionProps extends BulkDialogProps {
  readonly onStart: (keys: readonly ConsoleKey[]) => void;
}

function Ask({ action, selected, onClose, onStart }: QuestionProps) {
  const texts = useTexts(bulkTexts);
  const { number } = useFormats();
  const { user } = useMe();
  const manages = useMay('workspaces:write');
  const keys = useMemo(
    () =>
      selectApplicable(action, selected, ({ ownerId }) =>
        ownerId === null ? manages : ownerId === user?.id,
      ),
    [action, selected, manages, user],
  );
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState(false);
  const phrase = texts.phrase(number(keys.length));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const isWrong = action === 'revoke' && typed.trim().toLowerCase() !== phrase;
    setWrong(isWrong);
    if (!isWrong) onStart(keys);
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Text>{keys.length === 0 ? texts.nothing : texts.more[action]}</Text>
        <BulkImpactView keys={keys} skipped={selected.length - keys.length} />
        {action === 'revoke' && keys.length > 0 && (
          <TextInput
            label={texts.confirm(phrase)}
            autoComplete="off"
            spellCheck={false}
            value={typed}
            onChange={({ currentTarget }) => setTyped(currentTarget.value)}
            error={wrong && texts.wrong}
          />
        )}
        <AskButtons action={action} isDisabled={keys.length === 0} onClose={onClose} />
      </Stack>
    </form>
  );
}

interface AskButtonsProps extends Pick<BulkDialogProps, 'action' | 'onClose'> {
  readonly isDisabled: boolean;
}

function AskButtons({ action, isDisabled, onClose }: AskButtonsProps) {
  const texts = useTexts(bulkTexts);
  return (
    <Group justify="flex-end">
      <Button variant="default" onClick={onClose}>
        {texts.cancel}
      </Button>
      <Button type="submit" disabled={isDisabled} {...(action === 'revoke' ? { color: 'red.9' } : {})}>
        {texts.send[action]}
      </Button>
    </Group>
  );
}

interface RunningProps {
  readonly state: Extract<BulkState, { is: 'running' }>;
  readonly stop: () => void;
}

function Running({ state: { ended, all }, stop }: RunningProps) {
  const texts = useTexts(bulkTexts);
  const { number } = useFormats();
  const progress = texts.progress(number(ended), number(all));
  return (
    <Stack>
      <Text role="status">{progress}</Text>
      <Progress value={(100 * ended) / all} aria-label={progress} />
      <Group justify="flex-end">
        <Button variant="default" onClick={stop}>
          {texts.stop}
        </Button>
      </Group>
    </Stack>
  );
}
