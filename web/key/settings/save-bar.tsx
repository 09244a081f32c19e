import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { FIELD_OF, type Policy } from '../../key-form/key-policy.ts';
import { fieldTexts } from '../../key-form/texts.ts';
import { useFormats } from '../../language/formats.ts';
import { useTexts } from '../../language/language.ts';
import { Failed } from '../../ui/feedback/failed.tsx';
import { focusSection, sectionId, sectionOf } from './sections.ts';
import classes from './settings.module.css';
import { settingsTexts } from './texts.ts';
import type { Settings } from './use-settings.ts';

/** What is not saved yet, and the buttons that save or discard it. It stays in view, and is not shown without a change. */
export function SaveBar({ settings }: { readonly settings: Settings }) {
  const texts = useTexts(settingsTexts);
  const { changed, elsewhere, failed, isPending, saved, undo } = settings;
  const nameOf = useNames();
  useFocusAfterwards(changed);
  const isChanged = changed.length > 0;
  const kept = elsewhere.filter((part) => !changed.includes(part));
  const replaced = elsewhere.filter((part) => changed.includes(part));
  return (
    <div className={classes['bar']} data-shown={isChanged || saved || undefined}>
      <Stack gap="sm">
        <Failed error={failed} />
        {isChanged && elsewhere.length > 0 && (
          <Alert color="yellow" role="alert">
            {kept.length > 0 && <Text size="sm">{texts.keptElsewhere(nameOf(kept))}</Text>}
            {replaced.length > 0 && <Text size="sm">{texts.replacedElsewhere(nameOf(replaced))}</Text>}
          </Alert>
        )}
        <Group gap="sm" justify="space-between" className={classes['saving']}>
          <Text size="sm" role="status" className={classes['state']}>
            {isChanged ? (
              <>
                <span className={classes['mark']} aria-hidden />
                {texts.changed(nameOf(changed))}
              </>
            ) : (
              saved && (
                <>
                  <IconCheck size={16} aria-hidden />
                  {texts.saved}
                </>
              )
            )}
          </Text>
          {isChanged && (
            <Group gap="xs" wrap="nowrap">
              <Button variant="default" disabled={isPending} onClick={undo}>
                {texts.undo}
              </Button>
              <Button type="submit" loading={isPending} aria-keyshortcuts="Control+S Meta+S">
                {texts.save}
              </Button>
            </Group>
          )}
        </Group>
      </Stack>
    </div>
  );
}

/** Saving and discarding remove the button that had the focus: it moves to the first section that was changed. */
function useFocusAfterwards(changed: readonly (keyof Policy)[]): void {
  const [first = null] = changed;
  const last = useRef(first);
  useEffect(() => {
    const isLost = document.activeElement === document.body;
    if (first === null && last.current !== null && isLost) focusSection(sectionId(sectionOf(last.current)));
    last.current = first;
  }, [first]);
}

/** The labels of parts of a policy, as a list in the user's language. */
function useNames(): (parts: readonly (keyof Policy)[]) => string {
  const labels = useTexts(fieldTexts);
  const { list } = useFormats();
  return (parts) => list(parts.map((part) => labels[FIELD_OF[part]]));
}
