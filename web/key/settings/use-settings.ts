import { useEffect, useState } from 'react';
import { client } from '../../api/service.ts';
import { fieldsOf, type KeyFields } from '../../key-form/key-fields.ts';
import { changedParts, changesOf, FIELD_OF, type Policy } from '../../key-form/key-policy.ts';
import { useKeyForm } from '../../key-form/use-key-form.ts';
import type { ConsoleKey } from '../../key-model/key.ts';
import { keyChanged } from '../../key-model/key-changed.ts';

/** How long the page says that it has saved, in milliseconds. */
const SAVED_MS = 8_000;

/** The form that changes a key. It sends only what the user changed, since others may change the rest in the meantime. */
export function useSettings(key: ConsoleKey) {
  const [before, setBefore] = useState(() => fieldsOf(key));
  const [saved, setSaved] = useState(false);
  const { form, ...rest } = useKeyForm({
    initial: before,
    send: async (fields) => {
      const after = await client.keys.update.mutate({ id: key.id, ...changesOf(before, fields, new Date()) });
      keyChanged(after);
      adopt(after, fields);
      setSaved(true);
    },
  });
  const adopt = (apiKey: ConsoleKey, sent?: KeyFields) => {
    const fields = fieldsOf(apiKey);
    setBefore(fields);
    form.setInitialValues(fields);
    form.setValues(sent ? withTyped(fields, sent, form.getValues()) : fields);
  };
  const now = fieldsOf(key);
  const changed = changedParts(before, form.getValues());
  const isChanged = changed.length > 0;
  const current = JSON.stringify([key.status, now]);
  const [known, setKnown] = useState(current);
  const left = rest.isPending ? null : creditsLeft(before, now, form.getValues());
  if (left !== null) {
    setBefore({ ...before, credits: { ...before.credits, remaining: left } });
    form.setFieldValue('credits.remaining', left);
    // Show another user's change, unless the form has unsaved input that may still be saved.
  } else if (current !== known && (!isChanged || key.status === 'revoked')) {
    setKnown(current);
    adopt(key);
  }
  const undo = () => {
    rest.forget();
    adopt(key);
  };
  if (saved && isChanged) setSaved(false);
  useEffect(() => {
    if (!saved) return;
    const timer = setTimeout(() => setSaved(false), SAVED_MS);
    return () => clearTimeout(timer);
  }, [saved]);
  // While a save is under way, what differs may be its own.
  const elsewhere = rest.isPending ? [] : changedElsewhere(before, now);
  return { form, ...rest, changed, elsewhere, saved, undo };
}

export type Settings = ReturnType<typeof useSettings>;

/** What the service returned, and what the user has typed since the request. */
function withTyped(answered: KeyFields, sent: KeyFields, typed: KeyFields): KeyFields {
  const fields = changedParts(sent, typed).map((part) => FIELD_OF[part]);
  return { ...answered, ...Object.fromEntries(fields.map((field) => [field, typed[field]])) };
}

/** What is left of the credits if that has changed, and the user did not type another number. */
function creditsLeft(before: KeyFields, now: KeyFields, typed: KeyFields): string | null {
  const isFollowed = typed.credits.remaining === before.credits.remaining;
  const isMetered = before.credits.metered && now.credits.metered;
  return isMetered && isFollowed && now.credits.remaining !== before.credits.remaining
    ? now.credits.remaining
    : null;
}

/** The parts that someone else has changed since the form was loaded. Remaining credits do not count: calls spend them. */
function changedElsewhere(before: KeyFields, now: KeyFields): (keyof Policy)[] {
  const credits = { ...now.credits, remaining: before.credits.remaining };
  return changedParts(before, { ...now, credits });
}
