import { Button, Fieldset, SimpleGrid, Stack, Text } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useRef, useState } from 'react';
import type { SignatureForm } from '../../shared/snippets/parts.ts';
import { useTexts } from '../language/language.ts';
import { Failed } from '../ui/feedback/failed.tsx';
import { BreakageChoice } from './breakages/breakage-choice.tsx';
import type { BreakageName } from './breakages/breakages.ts';
import { call, type PlaygroundOutcome } from './call.ts';
import { CallCode } from './call-code.tsx';
import classes from './call-form.module.css';
import { draftOf } from './draft.ts';
import type { FieldSchemas } from './input/fields.ts';
import { InputEditor, useInput } from './input/input-editor.tsx';
import type { Procedure } from './procedures.ts';
import { OutcomeView } from './response/outcome-view.tsx';
import { FormChoice } from './signers/form-choice.tsx';
import { SignerChoice } from './signers/signer-choice.tsx';
import {
  credentialsOf,
  type LoadedKey,
  type PlaygroundCredentials,
  type PlaygroundSigner,
  SIGNERS,
  signsByPrivateKey,
  type TypedKey,
} from './signers/signers.ts';
import { playgroundTexts } from './texts.ts';

interface CallFormProps {
  readonly procedure: Procedure;
  readonly schemas: FieldSchemas;
  readonly keyId: string | undefined;
  readonly loadedKey: LoadedKey | null;
  readonly onLoadKey: (key: LoadedKey | null) => void;
  readonly onCalled: (outcome: PlaygroundOutcome) => void;
}

/** A call of one procedure, as parts of the grid around it: its input, its signer, what is broken, and the outcome next to it. */
export function CallForm({ procedure, schemas, keyId, loadedKey, onLoadKey, onCalled }: CallFormProps) {
  const input = useInput(procedure, schemas);
  const signers = SIGNERS[procedure.access as keyof typeof SIGNERS];
  const [signer, setSigner] = useState<PlaygroundSigner>(signers[0] as PlaygroundSigner);
  const [breakage, setBreakage] = useState<BreakageName>('nothing');
  const [form, setForm] = useState<SignatureForm>('v1');
  const draft = draftOf(procedure, input.text);
  const typedKey: TypedKey = useRef(null);
  const send = (credentials: PlaygroundCredentials | null) =>
    call(draft, credentials, signer === 'nobody' ? 'nothing' : breakage, form);
  const { sending, isMissing, submit } = useSending({ signer, loadedKey, typedKey, send, onCalled });
  return (
    <>
      <Stack gap="md" className={classes['form'] ?? ''}>
        <InputEditor input={input} procedure={procedure} />
        <SignerChoice
          signers={signers}
          signer={signer}
          keyId={keyId}
          loadedKey={loadedKey}
          procedure={procedure}
          onChoose={setSigner}
          onLoadKey={onLoadKey}
          isMissing={isMissing}
          typedKey={typedKey}
        />
        {signer !== 'nobody' && (
          <SignatureFields>
            {hasChoiceOfForm(signer, loadedKey) && <FormChoice chosen={form} onChoose={setForm} />}
            <BreakageChoice chosen={breakage} onChoose={setBreakage} />
          </SignatureFields>
        )}
        <Failed error={sending.error} retry={() => sending.mutate()} />
      </Stack>
      <SendForm isUnsigned={signer === 'nobody'} isPending={sending.isPending} onSubmit={submit} />
      <OutcomeColumn outcome={sending.data}>
        <CallCode draft={draft} signer={signer} form={form} keyId={keyId} loadedKey={loadedKey} />
      </OutcomeColumn>
    </>
  );
}

interface Sending extends Pick<CallFormProps, 'loadedKey' | 'onCalled'> {
  readonly signer: PlaygroundSigner;
  readonly typedKey: TypedKey;
  readonly send: (credentials: PlaygroundCredentials | null) => Promise<PlaygroundOutcome>;
}

/** Sends a call with the key of its signer. A key that is typed in need not be loaded first. */
function useSending({ signer, loadedKey, typedKey, send, onCalled }: Sending) {
  const { errors } = useTexts(playgroundTexts);
  const [isMissing, setMissing] = useState(false);
  const isLacking = lacksKey(signer, loadedKey);
  // The key must not enter a cache, so it is not a variable of the mutation.
  const signing = useRef(loadedKey);
  const sending = useMutation({
    mutationFn: async () => {
      const credentials = await credentialsOf(signer, signing.current);
      if (credentials === undefined) throw new Error(errors.noKey);
      return send(credentials);
    },
    onSuccess: onCalled,
  });
  const submit = async () => {
    const load = isLacking ? typedKey.current : null;
    setMissing(isLacking && load === null);
    signing.current = load ? await load() : loadedKey;
    if (!sending.isPending && (!isLacking || signing.current)) sending.mutate();
  };
  return { sending, isMissing: isMissing && isLacking, submit };
}

const lacksKey = (signer: PlaygroundSigner, loadedKey: LoadedKey | null): boolean =>
  (signer === 'key' || signer === 'keyForMe') && !loadedKey;

/** How the call is signed. */
function SignatureFields({ children }: { readonly children: ReactNode }) {
  const { signature } = useTexts(playgroundTexts);
  return (
    <Fieldset legend={signature}>
      <SimpleGrid type="container" cols={{ base: 1, '28rem': 2 }} spacing="md">
        {children}
      </SimpleGrid>
    </Fieldset>
  );
}

/** A private key makes only RFC 9421 signatures. */
function hasChoiceOfForm(signer: PlaygroundSigner, loadedKey: LoadedKey | null): boolean {
  return signer !== 'nobody' && !signsByPrivateKey(signer, loadedKey);
}

interface OutcomeColumnProps {
  readonly outcome: PlaygroundOutcome | undefined;
  readonly children: ReactNode;
}

function OutcomeColumn({ outcome, children }: OutcomeColumnProps) {
  return (
    <Stack gap="xl" className={classes['outcome'] ?? ''}>
      <OutcomeView outcome={outcome} />
      {children}
    </Stack>
  );
}

interface SendFormProps {
  readonly isUnsigned: boolean;
  readonly isPending: boolean;
  readonly onSubmit: () => Promise<void>;
}

/** Sends the call, by Ctrl+Enter too. */
function SendForm({ isUnsigned, isPending, onSubmit }: SendFormProps) {
  const texts = useTexts(playgroundTexts);
  const form = useRef<HTMLFormElement>(null);
  // In a field too.
  useHotkeys([['mod+Enter', () => form.current?.requestSubmit()]], []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void onSubmit();
  };
  return (
    <form onSubmit={submit} ref={form} className={classes['send']}>
      <Button type="submit" loading={isPending} aria-keyshortcuts="Control+Enter Meta+Enter">
        {isUnsigned ? texts.sendUnsigned : texts.send}
      </Button>{' '}
      <Text span size="xs" c="dimmed" visibleFrom="sm" aria-hidden>
        {texts.shortcut}
      </Text>
    </form>
  );
}
