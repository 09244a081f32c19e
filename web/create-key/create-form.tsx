import { Alert, Button, Group, Stack } from '@mantine/core';
import { useId } from 'react';
import { CodeField } from '../key-form/code-field.tsx';
import { CreditsField } from '../key-form/credits-field.tsx';
import { EnvironmentField } from '../key-form/environment-field.tsx';
import { ExpiryField } from '../key-form/expiry-field.tsx';
import { ExternalIdField } from '../key-form/external-id-field.tsx';
import { LimitsField } from '../key-form/limits-field.tsx';
import { NameField } from '../key-form/name-field.tsx';
import { PermissionsField } from '../key-form/permissions-field.tsx';
import { ServiceField } from '../key-form/service-field.tsx';
import { SignerField } from '../key-form/signer-field.tsx';
import type { FieldProps } from '../key-form/use-key-form.ts';
import { useTexts } from '../language/language.ts';
import { Failed } from '../ui/feedback/failed.tsx';
import { useLeaveGuard } from '../ui/feedback/leave-guard.ts';
import { KeyPreview } from './key-preview.tsx';
import { createTexts } from './texts.ts';
import { type RevealCall, useCreate } from './use-create.ts';

interface CreateFormProps {
  readonly reveal: RevealCall;
  readonly onCancel: () => void;
}

/** A name is enough; the other bounds of a key are collapsed. */
export function CreateForm({ reveal, onCancel }: CreateFormProps) {
  const texts = useTexts(createTexts);
  const { form, submit, failed, madeOther, isPending, opened, setOpened } = useCreate(reveal);
  const id = useId();
  useLeaveGuard(texts.leave, form.isDirty());
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <NameField form={form} />
        <EnvironmentField form={form} />
        <PermissionsField form={form} />
        <Button
          variant="subtle"
          size="compact-sm"
          justify="flex-start"
          w="fit-content"
          ml={-8}
          aria-expanded={opened}
          aria-controls={id}
          rightSection={<Chevron up={opened} />}
          onClick={() => setOpened(!opened)}
        >
          {texts.more}
        </Button>
        {opened && <FoldedFields id={id} form={form} />}
        <KeyPreview fields={form.getValues()} />
        {madeOther ? (
          <Alert role="alert" color="yellow">
            {texts.changed}
          </Alert>
        ) : (
          <Failed error={failed} />
        )}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onCancel}>
            {texts.cancel}
          </Button>
          <Button type="submit" loading={isPending}>
            {texts.create}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Everything that has a default. */
function FoldedFields({ form, id }: FieldProps & { readonly id: string }) {
  const { signer, publicKey } = form.getValues();
  return (
    <Stack id={id}>
      <ExpiryField form={form} />
      <LimitsField form={form} />
      <CreditsField form={form} />
      <CodeField form={form} name="addresses" />
      <ExternalIdField form={form} />
      <CodeField form={form} name="authorities" />
      <CodeField form={form} name="metadata" />
      <SignerField
        signer={signer}
        onSigner={(chosen) => form.setFieldValue('signer', chosen)}
        publicKey={{ ...form.getInputProps('publicKey'), value: publicKey }}
      />
      <ServiceField form={form} />
    </Stack>
  );
}

function Chevron({ up }: { readonly up: boolean }) {
  return (
    <svg viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">
      <path d={up ? 'M3 11l5-6 5 6' : 'M3 5l5 6 5-6'} fill="none" stroke="currentColor" strokeWidth="2" />
    </svg>
  );
}
