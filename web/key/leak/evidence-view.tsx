import { Stack, Table, Text, Title } from '@mantine/core';
import { auditTexts } from '../../audit/texts.ts';
import { Scroll } from '../../charts/scroll.tsx';
import type { ConsoleKey } from '../../key-model/key.ts';
import { useFormats } from '../../language/formats.ts';
import { useTexts } from '../../language/language.ts';
import { useMay } from '../../session/me.ts';
import { Failed } from '../../ui/feedback/failed.tsx';
import { Loading } from '../../ui/feedback/loading.tsx';
import type { Evidence } from './evidence.ts';
import { leakTexts } from './texts.ts';
import { MAX_RECORDS, useEvidence } from './use-evidence.ts';

/** Changes that are listed; the audit log has the others. */
const LISTED = 8;

interface EvidenceViewProps {
  readonly apiKey: ConsoleKey;
  /** Its calls that were refused in the last 24 hours; undefined if that is not known. */
  readonly refused: number | undefined;
}

/** From where a key was used, when, and what it changed. */
export function EvidenceView({ apiKey: { id, lastUsedAt }, refused }: EvidenceViewProps) {
  const texts = useTexts(leakTexts);
  const { fromNow, dateTime, number } = useFormats();
  const mayRead = useMay('audit:read');
  const { data, error, refetch } = useEvidence(id);
  return (
    <Stack gap="xs" component="section">
      <Title order={3} size="h5">
        {texts.evidence}
      </Title>
      <Text size="sm">
        {lastUsedAt ? texts.lastUsed(`${fromNow(lastUsedAt)} (${dateTime(lastUsedAt)})`) : texts.neverUsed}
      </Text>
      {refused !== undefined && refused > 0 && <Text size="sm">{texts.refused(number(refused))}</Text>}
      {!mayRead && <Text size="sm">{texts.noAudit}</Text>}
      <Failed error={error} retry={refetch} />
      {mayRead && !data && !error && <Loading rows={3} />}
      {data && <EvidenceDetails evidence={data} />}
    </Stack>
  );
}

function EvidenceDetails({ evidence }: { readonly evidence: Evidence }) {
  const texts = useTexts(leakTexts);
  const { actions } = useTexts(auditTexts);
  const { number, dateTime } = useFormats();
  const { addresses, changes, isPartial } = evidence;
  return (
    <>
      {addresses.length === 0 ? (
        <Text size="sm">{texts.noAddresses}</Text>
      ) : (
        <Addresses addresses={addresses} />
      )}
      <Text size="xs" c="dimmed">
        {texts.addressesMore}
      </Text>
      {changes.length > 0 && (
        <>
          <Text size="sm" fw={600}>
            {texts.made}
          </Text>
          <Text component="ul" size="sm" m={0} ps="lg">
            {changes.slice(0, LISTED).map(({ seq, action, subject, at }) => (
              <li key={seq}>
                {(actions as { readonly [action: string]: string })[action] ?? action} ·{' '}
                <bdi className="theirs">{subject}</bdi> · {dateTime(at)}
              </li>
            ))}
          </Text>
        </>
      )}
      {isPartial && (
        <Text size="xs" c="dimmed">
          {texts.partial(number(MAX_RECORDS))}
        </Text>
      )}
    </>
  );
}

function Addresses({ addresses }: Pick<Evidence, 'addresses'>) {
  const texts = useTexts(leakTexts);
  const { number, dateTime } = useFormats();
  return (
    <Scroll label={texts.addresses}>
      <Table aria-label={texts.addresses}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{texts.address}</Table.Th>
            <Table.Th ta="end">{texts.times}</Table.Th>
            <Table.Th>{texts.last}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {addresses.map(({ address, times, last }) => (
            <Table.Tr key={address}>
              <Table.Td>{address}</Table.Td>
              <Table.Td ta="end">{number(times)}</Table.Td>
              <Table.Td>{dateTime(last)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  );
}
