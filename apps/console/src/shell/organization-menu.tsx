import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { fetchAccounts } from '../session/accounts.ts';
import { toCredential } from '../session/credential.ts';
import { signIn, useSession } from '../session/session.ts';
import { toLabel } from '../ui/badge.tsx';
import { Menu, MenuChoice, MenuGroup } from '../ui/menu.tsx';

/** Shows the organization, and switches to another demo account. A token is of one organization only. */
export const OrganizationMenu = () => {
  const { credential, principal } = useSession();
  const navigate = useNavigate();
  const isDemo = credential.kind === 'demo';
  const { data: accounts = [] } = useQuery({
    queryKey: ['demo-accounts'],
    queryFn: async () => (await fetchAccounts()) ?? [],
    enabled: isDemo,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (!isDemo) return <span className="truncate font-medium">{`Organization ${principal.tenantId.slice(-8)}`}</span>;
  const switchTo = (id: string): void => {
    const account = accounts.find((other) => other.id === id);
    // The page may show a resource of this organization.
    if (account) void navigate({ to: '/' }).then(() => signIn(toCredential(account)));
  };
  return (
    <Menu
      label={`Organization ${credential.organization}`}
      button={<span className="truncate">{credential.organization}</span>}
    >
      {[...Map.groupBy(accounts, ({ organization }) => organization)].map(([organization, members]) => (
        <MenuGroup key={organization} label={organization}>
          <MenuChoice
            value={principal.id}
            options={members.map(({ id, name, role }) => [id, `${name} · ${toLabel(role)}`] as const)}
            onChange={switchTo}
          />
        </MenuGroup>
      ))}
    </Menu>
  );
};
