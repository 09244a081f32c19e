import { Fieldset, Stack, Text } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { type FormEvent, useEffect, useRef } from 'react';
import type { ConsoleKey } from '../../key-model/key.ts';
import { useTexts } from '../../language/language.ts';
import { useMay } from '../../session/me.ts';
import { useLeaveGuard } from '../../ui/feedback/leave-guard.ts';
import { DangerZone } from './danger-zone.tsx';
import { SaveBar } from './save-bar.tsx';
import { openSection } from './sections.ts';
import classes from './settings.module.css';
import { SettingsSections } from './settings-sections.tsx';
import { SettingsSummary } from './settings-summary.tsx';
import { settingsTexts } from './texts.ts';
import { useSettings } from './use-settings.ts';

/**
 * The settings of a key: what each section says now, the sections, which are saved together, and apart from them what ends the key.
 * Read-only for a revoked key.
 */
export function KeySettings({ apiKey }: { readonly apiKey: ConsoleKey }) {
  const texts = useTexts(settingsTexts);
  const mayWrite = useMay('keys:write');
  const settings = useSettings(apiKey);
  const { form, submit, changed, isPending } = settings;
  const fixed = apiKey.status === 'revoked' ? texts.revoked : mayWrite ? null : texts.readOnly;
  const element = useRef<HTMLFormElement>(null);
  // A link to a section was followed before there was any.
  useEffect(() => openSection(globalThis.location.hash.slice(1)), []);
  useLeaveGuard(texts.leave, changed.length > 0 && fixed === null);
  const maySave = changed.length > 0 && !isPending && fixed === null;
  const onSubmit = (event: FormEvent<HTMLFormElement>) => (maySave ? submit(event) : event.preventDefault());
  // In a field too, but not in a dialog above the form.
  useHotkeys([['mod+S', () => !isDialogOpen() && element.current?.requestSubmit()]], []);
  return (
    <div className={classes['frame']}>
      <div className={classes['page']}>
        <SettingsSummary
          apiKey={apiKey}
          fields={form.getValues()}
          changed={changed}
          isFixed={fixed !== null}
        />
        <Stack gap="md" miw={0}>
          {fixed && <Text c="dimmed">{fixed}</Text>}
          <form onSubmit={onSubmit} noValidate ref={element}>
            <Fieldset variant="unstyled" disabled={fixed !== null}>
              <SettingsSections form={form} />
            </Fieldset>
            {!fixed && <SaveBar settings={settings} />}
          </form>
          <DangerZone apiKey={apiKey} />
        </Stack>
      </div>
    </div>
  );
}

const isDialogOpen = () => document.querySelector('[role=dialog][aria-modal=true]') !== null;
