import { Stack } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTexts } from '../language/language.ts';
import { useMay } from '../session/me.ts';
import { SectionBoundary } from '../ui/feedback/section-boundary.tsx';
import { ConsolePage } from '../ui/page/page.tsx';
import { shellTexts } from '../ui/texts.ts';
import { AuditChips } from './audit-chips.tsx';
import { AuditFilters } from './audit-filters.tsx';
import { AuditRecords } from './audit-records.tsx';
import type { AuditSearch } from './audit-search.ts';
import { Chain } from './chain.tsx';
import { NoAudit } from './no-audit.tsx';
import { auditTexts } from './texts.ts';

/** What was changed in the workspace, by whom, and whether the audit log is intact. */
export function AuditPage() {
  const { pages } = useTexts(shellTexts);
  const { description } = useTexts(auditTexts);
  const mayRead = useMay('audit:read');
  return (
    <ConsolePage title={pages['/audit']} description={description} actions={mayRead && <Chain />} isWide>
      {mayRead ? <Log /> : <NoAudit />}
    </ConsolePage>
  );
}

function Log() {
  const search = useSearch({ from: '/shell/inside/audit' });
  const navigate = useNavigate({ from: '/audit' });
  const onSearch = (search: AuditSearch) => void navigate({ search, resetScroll: false });
  return (
    <Stack gap="md">
      <AuditFilters key={JSON.stringify(search)} search={search} onSearch={onSearch} />
      <AuditChips search={search} onSearch={onSearch} />
      <SectionBoundary>
        <AuditRecords filter={search} onFilter={(more) => onSearch({ ...search, ...more })} />
      </SectionBoundary>
    </Stack>
  );
}
