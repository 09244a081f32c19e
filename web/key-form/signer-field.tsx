import { Radio, Stack, Textarea } from '@mantine/core';
import { type Ref, useId } from 'react';
import { useTexts } from '../language/language.ts';
import type { KeyFields } from './key-fields.ts';
import { SIGNER_KINDS } from './key-fields.ts';
import { fieldTexts } from './texts.ts';

type SignerKind = KeyFields['signer'];

interface SignerFieldProps {
  readonly signer: SignerKind;
  readonly onSigner: (signer: SignerKind) => void;
  /** The field of a public key that the user registers. */
  readonly publicKey: {
    readonly value: string;
    readonly onChange: (text: string) => void;
    readonly error?: string | null | undefined;
    readonly ref?: Ref<HTMLTextAreaElement>;
    readonly 'data-path'?: string;
  };
  readonly disabled?: boolean;
}

/** What a key signs with: a signing secret, a private key that this page makes, or one that the user has. */
export function SignerField({ signer, onSigner, publicKey, disabled = false }: SignerFieldProps) {
  const texts = useTexts(fieldTexts);
  const id = useId();
  const { onChange, ...field } = publicKey;
  return (
    <Stack gap="xs">
      <Radio.Group
        label={texts.signer}
        name={id}
        value={signer}
        onChange={(chosen) => onSigner(chosen as SignerKind)}
      >
        <Stack gap="xs" mt={4}>
          {SIGNER_KINDS.map((kind) => (
            <Radio
              key={kind}
              value={kind}
              label={texts.signers[kind]}
              description={texts.signerHints[kind]}
              disabled={disabled}
            />
          ))}
        </Stack>
      </Radio.Group>
      {signer === 'ownPair' && (
        <Textarea
          label={texts.publicKey}
          description={texts.publicKeyHint}
          disabled={disabled}
          rows={4}
          {...field}
          autoComplete="off"
          spellCheck={false}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          onChange={({ currentTarget }) => onChange(currentTarget.value)}
        />
      )}
    </Stack>
  );
}
