import { useState } from 'react';
import { api, client, queryClient } from '../../api/service.ts';
import { fieldsOf, type KeyFields } from '../../key-form/key-fields.ts';
import { changedParts, changesOf, type Policy } from '../../key-form/key-policy.ts';
import { useKeyForm } from '../../key-form/use-key-form.ts';
import type { ConsoleKey } from '../../key-model/key.ts';

/** The form that changes a key. It sends only what the person changed, since others may change the rest meanwhile. */
export function useSettings(key: ConsoleKey) {
  const [before, setBefore] = useState(() => fieldsOf(key));
  const [saved, setSaved] = useState(false);
  const { form, ...rest } = useKeyForm({
    initial: before,
    send: async (fields) => {
      const after = await client.keys.update.mutate({ id: key.id, ...changesOf(before, fields, new Date()) });
      adopt(after);
      setSaved(true);
      void queryClient.invalidateQueries(api.keys.pathFilter());
    },
  });
  const adopt = (apiKey: ConsoleKey) => {
    const fields = fieldsOf(apiKey);
    setBefore(fields);
    form.setInitialValues(fields);
    form.setValues(fields);
  };
  const changed = changedParts(before, form.getValues());
  const isChanged = changed.length > 0;
  const current = JSON.stringify(fieldsOf(key));
  const [known, setKnown] = useState(current);
  // Show another person's change, unless the form has unsaved input.
  if (current !== known) {
    setKnown(current);
    if (!isChanged) adopt(key);
  }
  const undo = () => form.setValues(before);
  if (saved && isChanged) setSaved(false);
  return { form, ...rest, changed, elsewhere: changedElsewhere(before, fieldsOf(key)), saved, undo };
}

export type Settings = ReturnType<typeof useSettings>;

/** The parts that someone else changed since the form has them. Calls spend credits: what is left of them is nobody's change. */
function changedElsewhere(before: KeyFields, now: KeyFields): (keyof Policy)[] {
  const credits = { ...now.credits, remaining: before.credits.remaining };
  return changedParts(before, { ...now, credits });
}
