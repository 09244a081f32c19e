import { Button, Fieldset, Group, Paper, Stack, Text } from '@mantine/core';
import { CodeField } from '../key-form/code-field.tsx';
import { CreditsField } from '../key-form/credits-field.tsx';
import { ExpiryField } from '../key-form/expiry-field.tsx';
import { ExternalIdField } from '../key-form/external-id-field.tsx';
import { LimitsField } from '../key-form/limits-field.tsx';
import { NameField } from '../key-form/name-field.tsx';
import { PermissionsField } from '../key-form/permissions-field.tsx';
import type { ConsoleKey } from '../key-model/key.ts';
import { useTexts } from '../language/language.ts';
import { useMay } from '../session/me.ts';
import { Failed } from '../ui/feedback/failed.tsx';
import { settingsTexts } from './settings/texts.ts';
import { useSettings } from './settings/use-settings.ts';

/**
 * The editable attributes of a key: all but its environment and whether it is a service key. Read-only for a revoked key.
 */
export function KeySettings({ apiKey }: { readonly apiKey: ConsoleKey }) {
  const texts = useTexts(settingsTexts);
  const mayWrite = useMay('keys:write');
  const { form, submit, failed, isPending, isChanged, saved, undo } = useSettings(apiKey);
  const fixed = apiKey.status === 'revoked' ? texts.revoked : mayWrite ? null : texts.readOnly;
  return (
    <Paper component="form" withBorder maw="46rem" p={{ base: 'md', sm: 'lg' }} onSubmit={submit} noValidate>
      <Stack>
        {fixed && <Text c="dimmed">{fixed}</Text>}
        <Fieldset variant="unstyled" disabled={fixed !== null}>
          <Stack>
            <NameField form={form} />
            <PermissionsField form={form} />
            <ExpiryField form={form} />
            <LimitsField form={form} />
            <CreditsField form={form} />
            <CodeField form={form} name="addresses" />
            <ExternalIdField form={form} />
            <CodeField form={form} name="authorities" />
            <CodeField form={form} name="metadata" />
          </Stack>
        </Fieldset>
        <Failed error={failed} />
        {!fixed && (
          <Group gap="sm">
            <Button type="submit" loading={isPending} disabled={!isChanged}>
              {texts.save}
            </Button>
            {isChanged && (
              <Button variant="default" onClick={undo}>
                {texts.undo}
              </Button>
            )}
            <Text size="sm" c="dimmed" role="status">
              {saved ? texts.saved : isChanged ? '' : texts.nothing}
            </Text>
          </Group>
        )}
      </Stack>
    </Paper>
  );
}
