import { type FormEvent, useState } from 'react';
import { KeysealRefusal } from '../../client/calls/refusal.ts';
import { useTexts } from '../language/language.ts';
import { refusedInput } from '../ui/feedback/refused-input.ts';
import {
  type AuthErrors,
  type AuthField,
  type AuthFields,
  errorsIn,
  INPUT_NAMES,
  readFields,
} from './auth-fields.ts';
import { signInTexts } from './texts.ts';

interface AuthFormOptions<Sent> {
  /** The fields of the form. */
  readonly fields: readonly AuthField[];
  /** Whether the user chooses a new password. */
  readonly isNew?: boolean;
  readonly email?: string;
  readonly send: (fields: AuthFields) => Promise<Sent>;
  /** Called with the result of `send`. */
  readonly done: (sent: Sent) => unknown;
}

/** A sign-in form, for its fields. */
export interface AuthForm {
  readonly inputProps: (field: AuthField) => {
    readonly name: string;
    readonly defaultValue: string;
    readonly error: string | undefined;
    readonly onChange: () => void;
  };
}

/** The field of each refusal; any other appears below the form. */
const FIELD_OF: Partial<Record<KeysealRefusal['reason'], AuthField>> = {
  CREDENTIALS_INVALID: 'password',
  CONFLICT: 'email',
  ACCESS_DENIED: 'setupToken',
};

/**
 * A sign-in form. The browser keeps what the user types. The page validates it in the user's language, then the service does;
 * a refusal appears next to its field.
 */
export function useAuthForm<Sent>({ fields, isNew = false, email = '', send, done }: AuthFormOptions<Sent>) {
  const { errors: texts } = useTexts(signInTexts);
  const [errors, setErrors] = useState<AuthErrors>({});
  const [failed, setFailed] = useState<unknown>(null);
  const [isPending, setIsPending] = useState(false);
  const show = (error: unknown) => {
    const refused = refusedFields(error, fields, isNew ? { ...texts, password: texts.weakPassword } : texts);
    if (refused) setErrors(refused);
    else setFailed(error);
  };
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (isPending) return;
    const values = readFields(event.currentTarget);
    const wrong = errorsIn(values, fields, isNew, texts);
    setErrors(wrong);
    // What the page itself finds wrong replaces the last refusal too.
    setFailed(null);
    if (Object.keys(wrong).length > 0) return;
    setIsPending(true);
    try {
      await done(await send(values));
    } catch (error) {
      show(error);
    } finally {
      setIsPending(false);
    }
  };
  const form: AuthForm = {
    inputProps: (field) => ({
      name: INPUT_NAMES[field],
      defaultValue: field === 'email' ? email : '',
      error: errors[field],
      onChange: () => {
        if (errors[field]) setErrors(({ [field]: _, ...others }) => others);
      },
    }),
  };
  return { form, submit, failed, isPending };
}

/** The message next to each field that the service refused; null for a refusal of none of them. */
function refusedFields(
  error: unknown,
  fields: readonly AuthField[],
  texts: (typeof signInTexts)['en']['errors'],
): AuthErrors | null {
  const { email, password, name, setupToken } = texts;
  const messages = {
    email: { email },
    password: { password },
    newPassword: { password },
    name: { name },
    setupToken: { setupToken },
  };
  const refused = refusedInput(error, messages);
  if (refused) return refused;
  const reason = error instanceof KeysealRefusal ? error.reason : undefined;
  const field = reason && FIELD_OF[reason];
  return field && fields.includes(field) ? { [field]: texts[reason as 'CONFLICT'] } : null;
}
