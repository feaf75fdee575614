import { queryOptions } from '@plinth/service-actions/react-query';
import { getMe } from '@plinth/service-actions/users';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { signOut, useSession } from '../session/session.ts';
import { toLabel } from '../ui/badge.tsx';
import { Menu, MenuGroup, MenuItem } from '../ui/menu.tsx';

export const AccountMenu = () => {
  const { api, credential, principal } = useSession();
  const navigate = useNavigate();
  const { data } = useQuery(queryOptions(getMe, api));
  const name = data?.name ?? (credential.kind === 'demo' ? credential.name : 'Account');
  return (
    <Menu
      look="ghost"
      button={
        <>
          <span
            aria-hidden="true"
            className="grid size-6 shrink-0 place-items-center rounded-full bg-accent-soft text-xs font-semibold text-accent-text"
          >
            {name.charAt(0)}
          </span>
          <span className="truncate max-sm:sr-only">{name}</span>
        </>
      }
    >
      <MenuGroup label={principal.roles.map(toLabel).join(', ')}>
        <MenuItem onClick={() => void navigate({ to: '/' }).then(() => signOut())}>Sign out</MenuItem>
      </MenuGroup>
    </Menu>
  );
};
