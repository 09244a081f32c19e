import { Fieldset, Radio, Stack, Text } from '@mantine/core';
import { useTexts } from '../language/language.ts';
import { HeldKeyView } from './held-key-view.tsx';
import { KeyForm } from './key-form.tsx';
import type { Procedure } from './procedures.ts';
import type { HeldKey, PlaygroundSigner } from './signers.ts';
import { playgroundTexts } from './texts.ts';

interface SignerChoiceProps {
  readonly signers: readonly PlaygroundSigner[];
  readonly signer: PlaygroundSigner;
  readonly onChoose: (signer: PlaygroundSigner) => void;
  readonly procedure: Procedure;
  readonly keyId: string | undefined;
  readonly held: HeldKey | null;
  readonly onHold: (key: HeldKey | null) => void;
  /** Whether a call was tried without a key. */
  readonly isMissing: boolean;
}

/** The choice of the signer, among those that the procedure accepts, and of its key. */
export function SignerChoice({ signers, signer, onChoose, ...key }: SignerChoiceProps) {
  const texts = useTexts(playgroundTexts);
  const { held, onHold, keyId, procedure, isMissing } = key;
  return (
    <Fieldset legend={texts.signer}>
      <Stack gap="sm">
        {signers.length > 1 && (
          <Radio.Group
            aria-label={texts.signer}
            value={signer}
            onChange={(chosen) => onChoose(chosen as PlaygroundSigner)}
          >
            <Stack gap="xs">
              {signers.map((one) => (
                <Radio key={one} value={one} label={texts.signers[one]} />
              ))}
            </Stack>
          </Radio.Group>
        )}
        {signer === 'me' && <Hint>{texts.meHint}</Hint>}
        {signer === 'nobody' && <Hint>{texts.nobodyHint}</Hint>}
        {(signer === 'key' || signer === 'keyForMe') &&
          (held ? (
            <HeldKeyView held={held} keyId={keyId} procedure={procedure} onForget={() => onHold(null)} />
          ) : (
            <KeyForm keyId={keyId} onHold={onHold} isMissing={isMissing} />
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
