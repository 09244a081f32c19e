import { Button, Text, Title } from '@mantine/core';
import { useEffect, useRef } from 'react';
import type { KeyAction } from '../../key-actions/key-action.ts';
import { useKeyDialog } from '../../key-actions/key-dialog.tsx';
import { useOfferedActions } from '../../key-actions/offered-actions.ts';
import type { ConsoleKey } from '../../key-model/key.ts';
import { keysTexts } from '../../key-model/texts.ts';
import { useTexts } from '../../language/language.ts';
import { useMay } from '../../session/me.ts';
import { Section } from '../../ui/page/section.tsx';
import { sectionId } from './sections.ts';
import classes from './settings.module.css';
import { settingsTexts } from './texts.ts';

/** What stops clients that use the key: each takes effect at once, after a dialog. Nothing for a revoked key. */
export function DangerZone({ apiKey }: { readonly apiKey: ConsoleKey }) {
  const { danger, dangerMore } = useTexts(settingsTexts);
  const mayWrite = useMay('keys:write');
  const { actions } = useOfferedActions(apiKey);
  const { choose, dialog } = useKeyDialog();
  useFocusKept(actions.join());
  return (
    <>
      {mayWrite && actions.length > 0 && (
        <Section id={sectionId('danger')} title={danger} description={dangerMore} isDangerous>
          <ul className={classes['actions']}>
            {actions.map((action) => (
              <Action key={action} action={action} onChoose={(from) => choose(action, apiKey, from)} />
            ))}
          </ul>
        </Section>
      )}
      {dialog}
    </>
  );
}

/** An action removes its own button, which has the focus again by then unless the dialog fades: it moves to the page. */
function useFocusKept(offered: string): void {
  const last = useRef(offered);
  useEffect(() => {
    const isLost = last.current !== offered && document.activeElement === document.body;
    if (isLost) document.getElementById('content')?.focus({ preventScroll: true });
    last.current = offered;
  }, [offered]);
}

interface ActionProps {
  readonly action: KeyAction;
  readonly onChoose: (from: HTMLElement) => void;
}

function Action({ action, onChoose }: ActionProps) {
  const { [action]: texts } = useTexts(keysTexts);
  return (
    <li>
      <div>
        <Title order={3} size="h5">
          {texts.title}
        </Title>
        <Text size="sm" c="dimmed">
          {texts.more}
        </Text>
      </div>
      <Button
        variant="default"
        {...(action === 'revoke' ? { c: 'var(--mantine-color-error)' } : {})}
        onClick={({ currentTarget }) => onChoose(currentTarget)}
      >
        {texts.item}
      </Button>
    </li>
  );
}
