import { useState } from 'react';
import { api, client, queryClient } from '../../api/service.ts';
import { fieldsOf } from '../../key-form/key-fields.ts';
import { changedParts, changesOf } from '../../key-form/key-policy.ts';
import { useKeyForm } from '../../key-form/use-key-form.ts';
import type { ConsoleKey } from '../../key-model/key.ts';

/** The form that changes a key: what is not touched is not sent, since others may change it meanwhile. */
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
  const adopt = (of: ConsoleKey) => {
    const fields = fieldsOf(of);
    setBefore(fields);
    form.setInitialValues(fields);
    form.setValues(fields);
  };
  const isChanged = changedParts(before, form.getValues()).length > 0;
  const told = JSON.stringify(fieldsOf(key));
  const [known, setKnown] = useState(told);
  // What somebody else has changed is shown, unless something is filled in here.
  if (told !== known) {
    setKnown(told);
    if (!isChanged) adopt(key);
  }
  const undo = () => form.setValues(before);
  if (saved && isChanged) setSaved(false);
  return { form, ...rest, isChanged, saved, undo };
}
