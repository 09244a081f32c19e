import { Button, Code, Drawer, Group, Stack, Text } from '@mantine/core';
import { KeyLink } from '../key-model/key-link.tsx';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { ErrorHelpText, useErrorHelp } from '../ui/feedback/error-help.tsx';
import { DebugLink } from '../ui/signature/debug-link.tsx';
import { FactsTable } from '../ui/tables/facts-table.tsx';
import { shellTexts } from '../ui/texts.ts';
import { knownOf, type ListedRequest, RequestOutcome } from './request-table.tsx';
import type { RequestsSearch } from './requests-search.ts';
import { requestsTexts } from './texts.ts';

/** A call, as the log has it or as it ends. */
export interface ShownCall extends Omit<ListedRequest, 'status'> {
  /** Null if it is not known. */
  readonly status: number | null;
}

interface RequestDetailsProps {
  /** Null if the drawer is closed. */
  readonly request: ShownCall | null;
  readonly onClose: () => void;
  /** Shows the calls of the log that match. */
  readonly onSearch: (search: RequestsSearch) => void;
}

/** Everything that is recorded of one call, in a drawer. */
export function RequestDetails({ request, onClose, onSearch }: RequestDetailsProps) {
  const { details } = useTexts(requestsTexts);
  const { close } = useTexts(shellTexts);
  return (
    <Drawer
      opened={request !== null}
      onClose={onClose}
      position="right"
      title={details}
      closeButtonProps={{ 'aria-label': close }}
    >
      {request && <Details request={request} onSearch={onSearch} />}
    </Drawer>
  );
}

function Details({
  request,
  onSearch,
}: { readonly request: ShownCall } & Pick<RequestDetailsProps, 'onSearch'>) {
  const texts = useTexts(requestsTexts);
  const help = useErrorHelp(request.outcome);
  return (
    <Stack gap="md">
      <RequestFacts request={request} />
      {help && (
        <Text size="sm">
          <ErrorHelpText text={help.fix} />
        </Text>
      )}
      <Group gap="sm">
        <DebugLink call={knownOf(request)} />
        <Button size="compact-sm" variant="default" onClick={() => onSearch({ key: request.key.id })}>
          {texts.onlyKey}
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => onSearch({ requestId: request.requestId })}
        >
          {texts.onlyRequest}
        </Button>
      </Group>
    </Stack>
  );
}

function RequestFacts({ request }: { readonly request: ShownCall }) {
  const { facts, ...texts } = useTexts(requestsTexts);
  const { dateTimeSeconds, number } = useFormats();
  const { at, key, represents } = request;
  return (
    <FactsTable
      label={texts.details}
      facts={[
        [facts.at, dateTimeSeconds(at)],
        [facts.outcome, <RequestOutcome key="outcome" outcome={request.outcome} represents={represents} />],
        ...(request.status === null ? [] : [[facts.status, request.status] as const]),
        [facts.procedure, <Code key="procedure">{request.procedure}</Code>],
        [facts.key, <KeyLink key="key" id={key.id} name={key.name ?? texts.deleted} />],
        [facts.environment, texts.environments[request.environment]],
        [facts.duration, texts.milliseconds(number(request.durationMs))],
        [facts.address, request.address ?? texts.noAddress],
        [facts.requestId, <Code key="request">{request.requestId}</Code>],
        ...(represents > 1 ? [[facts.represents, texts.calls(number(represents))] as const] : []),
      ]}
    />
  );
}
