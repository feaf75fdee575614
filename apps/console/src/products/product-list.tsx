import { createProduct, listProducts, searchProducts } from '@plinth/service-actions/orders';
import { Link } from '@tanstack/react-router';
import { useSession } from '../session/session.ts';
import { PlusIcon } from '../ui/icons.tsx';
import { ResourceList } from '../ui/resource-list.tsx';
import { buttonStyles } from '../ui/styles.ts';
import { productColumns } from './columns.tsx';

const AddLink = () => (
  <Link to="/products/new" className={buttonStyles.primary}>
    <PlusIcon />
    Add product
  </Link>
);

export const ProductList = () => {
  const { can } = useSession();
  return (
    <ResourceList
      title="Products"
      action={listProducts}
      search={searchProducts}
      columns={productColumns}
      actions={can(createProduct) && <AddLink />}
      empty={
        <>
          <p>There are no products yet.</p>
          {can(createProduct) && <AddLink />}
        </>
      }
    />
  );
};
