import { type UseFormReturnType, useForm } from '@mantine/form';
import { useEffect, useRef, useState } from 'react';
import { useTexts } from '../language/language.ts';
import type { KeyFields } from './key-fields.ts';
import { refusedFields } from './refused-fields.ts';
import { fieldTexts } from './texts.ts';
import { wrongFields } from './wrong-fields.ts';

/** The props of each field of a key. */
export interface FieldProps {
  readonly form: UseFormReturnType<KeyFields>;
}

interface KeyFormOptions {
  readonly initial: KeyFields;
  readonly send: (fields: KeyFields) => Promise<unknown>;
  /** Called with the paths of invalid fields, before the first gets the focus. */
  readonly onWrong?: (paths: readonly string[]) => void;
}

/**
 * The form of a key. The page validates it in the user's language, then the service does; a refusal appears next to
 * its field. `failed` is any other refusal or a network error. A double submit sends it once.
 */
export function useKeyForm({ initial, send, onWrong = () => {} }: KeyFormOptions) {
  const { errors } = useTexts(fieldTexts);
  const sending = useRef(false);
  const [failed, setFailed] = useState<unknown>(null);
  const form = useForm<KeyFields>({
    initialValues: initial,
    validate: (fields) => wrongFields(fields, errors, new Date(), initial),
  });
  const [wrong, setWrong] = useState<readonly string[]>([]);
  const { current: nodeAt } = useRef(form.getInputNode);
  // By now the collapsed fields are rendered too.
  useEffect(() => {
    wrong
      .map((path) => nodeAt(path))
      .find(Boolean)
      ?.focus();
  }, [wrong, nodeAt]);
  const lead = (errors: object) => {
    setWrong(Object.keys(errors));
    onWrong(Object.keys(errors));
  };
  const submit = form.onSubmit(async (fields) => {
    if (sending.current) return;
    sending.current = true;
    setFailed(null);
    try {
      await send(fields);
    } catch (error) {
      const refused = refusedFields(error, fields, errors);
      if (!refused) return setFailed(error);
      form.setErrors(refused);
      lead(refused);
    } finally {
      sending.current = false;
    }
  }, lead);
  /** Takes back what the last attempt has shown. */
  const forget = () => {
    form.clearErrors();
    setFailed(null);
  };
  return { form, submit, failed, forget, isPending: form.submitting };
}
