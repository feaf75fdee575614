import { type Order, OrderNote, ShippingAddress } from '@plinth/dtos/orders';
import { getOrder, updateOrder } from '@plinth/service-actions/orders';
import { queryOptions } from '@plinth/service-actions/react-query';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useSession } from '../session/session.ts';
import { EditForm } from '../ui/edit-form.tsx';
import { FactsSkeleton } from '../ui/facts.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { ProblemPage } from '../ui/problem.tsx';
import { linkStyle } from '../ui/styles.ts';
import { showDone } from '../ui/toasts.tsx';
import { toOrderNumber } from './columns.tsx';

/** The form has the fields of the address and the note. */
const EditOrderFields = ShippingAddress.extend({ note: OrderNote.optional() });

const toValues = ({ shippingAddress, note }: Order) => {
  const { recipient, street, postalCode, city, country } = shippingAddress;
  return { recipient, street, postalCode, city, country, note };
};

const toBody = ({ note, ...shippingAddress }: { readonly note?: string | null }) => ({
  ...(note !== undefined && { note }),
  ...(Object.keys(shippingAddress).length > 0 && { shippingAddress }),
});

export const EditOrder = () => {
  const { api } = useSession();
  const { id } = useParams({ from: '/orders/$id/edit' });
  const navigate = useNavigate();
  const { data, error, refetch } = useQuery(queryOptions(getOrder, api, { id }));
  if (error) return <ProblemPage error={error} onRetry={() => void refetch()} />;
  const name = `Order ${toOrderNumber(id)}`;
  const leave = () => void navigate({ to: '/orders/$id', params: { id } });
  return (
    <>
      <PageHeader
        title={`Edit order ${toOrderNumber(id)}`}
        above={
          <Link to="/orders/$id" params={{ id }} className={linkStyle}>
            {name}
          </Link>
        }
      />
      {data ? (
        <EditForm
          action={updateOrder}
          schema={EditOrderFields}
          latest={data}
          toValues={toValues}
          toBody={toBody}
          withoutHint={['postalCode', 'city', 'note']}
          onSaved={() => {
            showDone(`${name} was saved.`);
            leave();
          }}
          onCancel={leave}
        />
      ) : (
        <FactsSkeleton rows={6} />
      )}
    </>
  );
};
