import { useForm } from '@mantine/form';
import { useState } from 'react';
import { KeysealRefusal } from '../../client/calls/refusal.ts';
import { useTexts } from '../language/language.ts';
import { refusedInput } from '../ui/feedback/refused-input.ts';
import { isName } from '../ui/is-name.ts';
import { type AuthFields, isAcceptablePassword, isEmail, NO_FIELDS } from './fields.tsx';
import { signInTexts } from './texts.ts';

interface AuthFormOptions<Sent> {
  /** The fields of the form. */
  readonly fields: readonly (keyof AuthFields)[];
  /** Whether the user chooses a new password. */
  readonly isNew?: boolean;
  readonly email?: string;
  readonly send: (fields: AuthFields) => Promise<Sent>;
  /** Called with the result of `send`. */
  readonly done: (sent: Sent) => unknown;
}

/** The field of each refusal; any other appears below the form. */
const FIELD_OF: Partial<Record<KeysealRefusal['reason'], keyof AuthFields>> = {
  CREDENTIALS_INVALID: 'password',
  CONFLICT: 'email',
  ACCESS_DENIED: 'setupToken',
};

/**
 * A sign-in form. The page validates it in the user's language, then the service does; a refusal appears next to its
 * field.
 */
export function useAuthForm<Sent>({ fields, isNew = false, email = '', send, done }: AuthFormOptions<Sent>) {
  const { errors } = useTexts(signInTexts);
  const [failed, setFailed] = useState<unknown>(null);
  const wrong: Record<keyof AuthFields, (value: string) => string | null> = {
    email: (value) => (isEmail(value.trim()) ? null : errors.email),
    password: (value) => {
      if (isNew) return isAcceptablePassword(value) ? null : errors.newPassword;
      return value === '' ? errors.password : null;
    },
    name: (value) => (value.trim() === '' || isName(value) ? null : errors.name),
    setupToken: (value) => (value.trim() === '' ? errors.setupToken : null),
  };
  const form = useForm<AuthFields>({
    mode: 'uncontrolled',
    initialValues: { ...NO_FIELDS, email },
    validate: (values) =>
      Object.fromEntries(fields.map((field) => [field, wrong[field](values[field])])) as never,
  });
  const password = isNew ? errors.weakPassword : errors.password;
  const messages = {
    email: { email: errors.email },
    password: { password },
    newPassword: { password },
    name: { name: errors.name },
    setupToken: { setupToken: errors.setupToken },
  };
  const show = (error: unknown) => {
    const refused = refusedInput(error, messages);
    if (refused) return form.setErrors(refused);
    const reason = error instanceof KeysealRefusal ? error.reason : undefined;
    const field = reason && FIELD_OF[reason];
    if (!field || !fields.includes(field)) return setFailed(error);
    form.setFieldError(field, errors[reason as 'CONFLICT']);
  };
  const submitValues = async (values: AuthFields) => {
    if (form.submitting) return;
    setFailed(null);
    try {
      await done(await send({ ...values, email: values.email.trim() }));
    } catch (error) {
      show(error);
    }
  };
  // What the page itself finds wrong replaces the last refusal too.
  const submit = form.onSubmit(submitValues, () => setFailed(null));
  return { form, submit, failed, isPending: form.submitting };
}
