import { Fieldset, Group, Radio, Stack, Text } from '@mantine/core';
import { useTexts } from '../../language/language.ts';
import type { Procedure } from '../procedures.ts';
import { playgroundTexts } from '../texts.ts';
import { KeyForm } from './key-form.tsx';
import { LoadedKeyView } from './loaded-key-view.tsx';
import type { LoadedKey, PlaygroundSigner, TypedKey } from './signers.ts';

interface SignerChoiceProps {
  readonly signers: readonly PlaygroundSigner[];
  readonly signer: PlaygroundSigner;
  readonly onChoose: (signer: PlaygroundSigner) => void;
  readonly procedure: Procedure;
  readonly keyId: string | undefined;
  readonly loadedKey: LoadedKey | null;
  readonly onLoadKey: (key: LoadedKey | null) => void;
  /** Whether a call was tried without a key. */
  readonly isMissing: boolean;
  readonly typedKey: TypedKey;
}

/** The choice of the signer, among those that the procedure accepts, and of its key. */
export function SignerChoice({ signers, signer, onChoose, ...key }: SignerChoiceProps) {
  const texts = useTexts(playgroundTexts);
  const { loadedKey, onLoadKey, keyId, procedure, isMissing, typedKey } = key;
  return (
    <Fieldset legend={texts.signer}>
      <Stack gap="sm">
        {signers.length > 1 && (
          <Radio.Group
            aria-label={texts.signer}
            value={signer}
            onChange={(chosen) => onChoose(chosen as PlaygroundSigner)}
          >
            <Group gap="8px 24px">
              {signers.map((signer) => (
                <Radio key={signer} value={signer} label={texts.signers[signer]} />
              ))}
            </Group>
          </Radio.Group>
        )}
        {signer === 'me' && <Hint>{texts.meHint}</Hint>}
        {signer === 'nobody' && <Hint>{texts.nobodyHint}</Hint>}
        {(signer === 'key' || signer === 'keyForMe') &&
          (loadedKey ? (
            <LoadedKeyView
              loadedKey={loadedKey}
              keyId={keyId}
              procedure={procedure}
              onForget={() => onLoadKey(null)}
            />
          ) : (
            <KeyForm keyId={keyId} onLoadKey={onLoadKey} isMissing={isMissing} typedKey={typedKey} />
          ))}
      </Stack>
    </Fieldset>
  );
}

function Hint({ children }: { readonly children: string }) {
  return (
    <Text size="sm" c="dimmed">
      {children}
    </Text>
  );
}
