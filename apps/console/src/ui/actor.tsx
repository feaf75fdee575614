import { listUsers } from '@plinth/service-actions/users';
import { useSession } from '../session/session.ts';
import { UserLink } from './user-link.tsx';

type Props = { readonly actor: { readonly kind: string; readonly id: string } };

/** The user who made a change, or the part of the system that did. */
export const Actor = ({ actor: { kind, id } }: Props) => {
  const { can } = useSession();
  if (kind !== 'user') return <code className="font-mono text-xs break-all">{id}</code>;
  return can(listUsers) ? <UserLink id={id} /> : <>{`User ${id.slice(-6)}`}</>;
};
