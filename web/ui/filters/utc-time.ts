/** Years that a URL can name: a date field has none before, and the service reads four digits, even of the day after. */
const [FIRST_YEAR, LAST_YEAR] = ['0001', '9998'];

const FORMS = { day: /^\d{4}-\d\d-\d\d$/, minute: /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/ } as const;

/**
 * Whether a value of an address is a day or a time of the calendar, in UTC. `Date` takes 30 February as 2 March, which the field of
 * the page would not show.
 */
export function isUtc(form: keyof typeof FORMS, value: unknown): value is string {
  if (typeof value !== 'string' || !FORMS[form].test(value)) return false;
  if (value.slice(0, 4) < FIRST_YEAR || value.slice(0, 4) > LAST_YEAR) return false;
  const at = new Date(form === 'day' ? value : `${value}Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(value);
}
