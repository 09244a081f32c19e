import { SimpleGrid, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { CodeField } from '../../key-form/code-field.tsx';
import { CreditsField } from '../../key-form/credits-field.tsx';
import { ExpiryField } from '../../key-form/expiry-field.tsx';
import { ExternalIdField } from '../../key-form/external-id-field.tsx';
import { LimitsField } from '../../key-form/limits-field.tsx';
import { NameField } from '../../key-form/name-field.tsx';
import { PermissionsField } from '../../key-form/permissions-field.tsx';
import type { FieldProps } from '../../key-form/use-key-form.ts';
import { useTexts } from '../../language/language.ts';
import { Section } from '../../ui/page/section.tsx';
import { SECTIONS, sectionId } from './sections.ts';
import classes from './settings.module.css';
import { settingsTexts } from './texts.ts';

/** The editable attributes of a key by section: all but its environment and whether it is a service key. */
export function SettingsSections({ form }: FieldProps) {
  const { sections } = useTexts(settingsTexts);
  const fields: Readonly<Record<keyof typeof SECTIONS, ReactNode>> = {
    general: (
      <Pair>
        <NameField form={form} />
        <ExternalIdField form={form} />
      </Pair>
    ),
    permissions: <PermissionsField form={form} isTitled />,
    access: (
      <Pair>
        <ExpiryField form={form} />
        <CodeField form={form} name="addresses" />
      </Pair>
    ),
    limits: (
      <div className={classes['limits']}>
        <LimitsField form={form} />
        <CreditsField form={form} />
      </div>
    ),
    details: (
      <Pair>
        <CodeField form={form} name="authorities" />
        <CodeField form={form} name="metadata" />
      </Pair>
    ),
  };
  return (
    <Stack gap="md">
      {(Object.keys(SECTIONS) as (keyof typeof SECTIONS)[]).map((name) => (
        <Section key={name} id={sectionId(name)} title={sections[name]}>
          {fields[name]}
        </Section>
      ))}
    </Stack>
  );
}

/** Two fields, side by side if they fit. */
function Pair({ children }: { readonly children: ReactNode }) {
  return (
    <SimpleGrid type="container" cols={{ base: 1, '36rem': 2 }} spacing="lg" verticalSpacing="md">
      {children}
    </SimpleGrid>
  );
}
