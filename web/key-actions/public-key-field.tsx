import { useEffect, useRef, useState } from 'react';
import { KeysealRefusal } from '../../client/calls/refusal.ts';
import type { PublicKeyRegistration } from '../../client/sessions/signing-pair.ts';
import type { KeyFields } from '../key-form/key-fields.ts';
import { type FormPair, type MadePair, useFormPair } from '../key-form/made-pair.ts';
import { readRegistration } from '../key-form/registration.ts';
import { SignerField } from '../key-form/signer-field.tsx';
import { type FieldErrors, fieldTexts } from '../key-form/texts.ts';
import type { ConsoleKey } from '../key-model/key.ts';
import { useTexts } from '../language/language.ts';

/** What a key signs with after the rotation. */
export interface PublicKeyChoice {
  readonly signer: KeyFields['signer'];
  readonly text: string;
  readonly setSigner: (signer: KeyFields['signer']) => void;
  readonly setText: (text: string) => void;
  /** Whether the form can be sent; if the field contains no registration, it says so. */
  readonly check: () => boolean;
  /** Calls with a registration unless a secret signs. The response has the private key if this page made it: see FormPair. */
  readonly register: <R extends { readonly key: Pick<ConsoleKey, 'signature'> }>(
    call: (registration?: PublicKeyRegistration) => Promise<R>,
  ) => Promise<R & Partial<Pick<MadePair, 'privateKey'>>>;
  readonly pair: Pick<FormPair, 'forget'>;
  readonly isWrong: boolean;
}

/** @param current what the key signs with now, so that nobody gives up a public key by mistake */
export function usePublicKeyChoice(current: KeyFields['signer']): PublicKeyChoice {
  const [signer, setSigner] = useState(current);
  const [text, setText] = useState('');
  const [isWrong, setWrong] = useState(false);
  const pair = useFormPair();
  const registration = signer === 'ownPair' ? readRegistration(text) : null;
  const check = () => {
    const wrong = signer === 'ownPair' && registration === null;
    setWrong(wrong);
    return !wrong;
  };
  const register: PublicKeyChoice['register'] = (call) =>
    signer === 'madePair' ? pair.register(call) : call(registration ?? undefined);
  const change = (changed: string) => {
    setText(changed);
    setWrong(false);
  };
  return { signer, text, setSigner, setText: change, check, register, pair, isWrong };
}

interface PublicKeyFieldProps {
  readonly choice: PublicKeyChoice;
  /** That of the call. */
  readonly error: unknown;
  readonly disabled: boolean;
}

/** The choice between a signing secret and a public key. */
export function PublicKeyField({ choice, error, disabled }: PublicKeyFieldProps) {
  const { errors } = useTexts(fieldTexts);
  const fault = choice.isWrong ? errors.publicKey : refusedBy(error, errors);
  const field = useRef<HTMLTextAreaElement>(null);
  // The focus makes a screen reader say what is wrong.
  useEffect(() => {
    if (fault !== null) field.current?.focus();
  }, [fault]);
  return (
    <SignerField
      signer={choice.signer}
      onSigner={choice.setSigner}
      disabled={disabled}
      publicKey={{ value: choice.text, onChange: choice.setText, error: fault, ref: field }}
    />
  );
}

/** What a refusal says of the registration; null if it is about something else. */
export function refusedBy(error: unknown, errors: Pick<FieldErrors, 'publicKey' | 'proof'>): string | null {
  const { issues = [] } = error instanceof KeysealRefusal ? error.details : {};
  const [path = ''] = issues.map((issue) => issue.path);
  if (path === 'proof') return errors.proof;
  return path.startsWith('publicKey') ? errors.publicKey : null;
}
