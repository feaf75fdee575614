import { listOrders, placeOrder } from '@plinth/service-actions/orders';
import { Link } from '@tanstack/react-router';
import { useSession } from '../session/session.ts';
import { PlusIcon } from '../ui/icons.tsx';
import { ResourceList } from '../ui/resource-list.tsx';
import { buttonStyles } from '../ui/styles.ts';
import { orderColumns } from './columns.tsx';

const PlaceLink = () => (
  <Link to="/orders/new" className={buttonStyles.primary}>
    <PlusIcon />
    Place order
  </Link>
);

export const OrderList = () => {
  const { can } = useSession();
  return (
    <ResourceList
      title="Orders"
      action={listOrders}
      columns={orderColumns}
      actions={can(placeOrder) && <PlaceLink />}
      empty={
        <>
          <p>There are no orders yet.</p>
          {can(placeOrder) && <PlaceLink />}
        </>
      }
    />
  );
};
