import { NavLink, Stack, Text } from '@mantine/core';
import { Link, useLocation } from '@tanstack/react-router';
import { useTexts } from '../language/language.ts';
import { shellTexts } from '../ui/texts.ts';
import { PAGE_ICONS } from './page-icons.ts';
import classes from './shell.module.css';

type Path = keyof typeof PAGE_ICONS;

/** The pages of the navigation, under three headings. */
const PAGES = [
  ['settings', ['/', '/keys', '/playground', '/security', '/docs']],
  ['workspace', ['/usage', '/requests', '/audit', '/team', '/workspace']],
  ['account', ['/profile', '/sessions']],
] as const;

/** The links to every page. @param onNavigate called when one is followed */
export function Navigation({ onNavigate }: { readonly onNavigate: () => void }) {
  const texts = useTexts(shellTexts);
  return (
    <Stack gap="lg">
      {PAGES.map(([heading, paths]) => (
        <div key={heading}>
          <Text className={classes.heading}>{texts[heading]}</Text>
          {paths.map((path) => (
            <PageLink key={path} path={path} onClick={onNavigate} />
          ))}
        </div>
      ))}
    </Stack>
  );
}

/** The debugger is a tab of the playground, though its URL is below another page's. */
function PageLink({ path, onClick }: { readonly path: Path; readonly onClick: () => void }) {
  const { pages } = useTexts(shellTexts);
  const { pathname } = useLocation();
  const place = pathname === '/security/debugger' ? '/playground' : pathname;
  const active = place === path || (path !== '/' && place.startsWith(`${path}/`));
  const Icon = PAGE_ICONS[path];
  return (
    <NavLink
      component={Link}
      to={path}
      // Otherwise the router marks a page as current while a page below its URL is current.
      activeOptions={{ exact: true, includeSearch: false }}
      label={pages[path]}
      leftSection={<Icon size={18} stroke={1.6} aria-hidden />}
      className={classes.link}
      active={active}
      aria-current={active ? 'page' : undefined}
      onClick={onClick}
    />
  );
}
