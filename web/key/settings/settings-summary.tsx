import { Text } from '@mantine/core';
import type { MouseEvent } from 'react';
import { useOfferedActions } from '../../key-actions/offered-actions.ts';
import { type KeyFields, lastDayOf, linesOf } from '../../key-form/key-fields.ts';
import type { Policy } from '../../key-form/key-policy.ts';
import type { ConsoleKey } from '../../key-model/key.ts';
import { type Formats, useFormats } from '../../language/formats.ts';
import { useTexts } from '../../language/language.ts';
import { openSection, SECTIONS, sectionId } from './sections.ts';
import classes from './settings.module.css';
import { settingsTexts } from './texts.ts';

interface SettingsSummaryProps {
  readonly apiKey: ConsoleKey;
  /** As the form has them now. */
  readonly fields: KeyFields;
  /** The parts that differ from the saved ones. */
  readonly changed: readonly (keyof Policy)[];
  readonly isFixed: boolean;
}

/** What each section says now, with a link to it and a mark if it has unsaved changes. */
export function SettingsSummary({ apiKey, fields, changed, isFixed }: SettingsSummaryProps) {
  const texts = useTexts(settingsTexts);
  const formats = useFormats();
  const { actions } = useOfferedActions(apiKey);
  const isExpired = apiKey.expiresAt !== null && Date.parse(apiKey.expiresAt) <= Date.now();
  const values = valuesOf(fields, isExpired && !changed.includes('expiresAt'), texts, formats);
  return (
    <nav className={classes['summary']} aria-label={texts.contents}>
      <ul>
        {(Object.keys(SECTIONS) as (keyof typeof SECTIONS)[]).map((name) => (
          <li key={name}>
            <a href={`#${sectionId(name)}`} onClick={goTo}>
              <span className={classes['title']}>
                {texts.sections[name]}
                {SECTIONS[name].some((part) => changed.includes(part)) && (
                  <span className={classes['mark']} role="img" aria-label={texts.unsaved} />
                )}
              </span>
              <span className={classes['value']}>
                <bdi>{values[name]}</bdi>
              </span>
            </a>
          </li>
        ))}
        {actions.length > 0 && (
          <li>
            <a href={`#${sectionId('danger')}`} onClick={goTo}>
              <span className={classes['title']}>{texts.danger}</span>
              <span className={classes['value']}>{texts.dangerMore}</span>
            </a>
          </li>
        )}
      </ul>
      {!isFixed && (
        <Text size="xs" c="dimmed" className={classes['model']}>
          {texts.model}
        </Text>
      )}
    </nav>
  );
}

/** Scrolls to a section and moves the focus there. The URL keeps the tab. */
function goTo(event: MouseEvent<HTMLAnchorElement>): void {
  // The browser opens another tab or window.
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  openSection(event.currentTarget.hash.slice(1));
}

type SettingsTexts = (typeof settingsTexts)['en'];

function valuesOf(
  fields: KeyFields,
  isExpired: boolean,
  { values }: SettingsTexts,
  { day, number }: Formats,
): Readonly<Record<keyof typeof SECTIONS, string>> {
  const { permissions, limits, credits } = fields;
  const count = (text: string) => linesOf(text).length;
  const noon = `${lastDayOf(fields.expiry, new Date())}T12:00:00Z`;
  const end = isExpired ? values.expired : values.until;
  const until = Number.isNaN(Date.parse(noon)) ? values.noExpiry : end(day(noon));
  const left = /^\d+$/.test(credits.remaining.trim()) ? number(Number(credits.remaining)) : '–';
  return {
    general: fields.externalId.trim() || values.noExternalId,
    permissions: values.permissions(permissions.length, number(permissions.length)),
    access: `${until} · ${values.addresses(count(fields.addresses))}`,
    limits: `${values.limits(limits.length)} · ${credits.metered ? values.credits(left) : values.noCredits}`,
    details: `${values.hosts(count(fields.authorities))} · ${fields.metadata.trim() === '' ? values.noMetadata : values.metadata}`,
  };
}
