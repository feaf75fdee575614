import {
  createProduct,
  exportProducts,
  importProducts,
  listProducts,
  searchProducts,
} from '@plinth/service-actions/orders';
import { Link } from '@tanstack/react-router';
import { useSession } from '../session/session.ts';
import { PlusIcon } from '../ui/icons.tsx';
import { ResourceList } from '../ui/resource-list.tsx';
import { buttonStyles } from '../ui/styles.ts';
import { productColumns } from './columns.tsx';
import { ExportButton } from './export-button.tsx';

const AddLink = () => (
  <Link to="/products/new" className={buttonStyles.primary}>
    <PlusIcon />
    Add product
  </Link>
);

const ImportLink = () => (
  <Link to="/products/import" className={buttonStyles.secondary}>
    Import
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
      actions={
        <>
          {can(exportProducts) && <ExportButton />}
          {can(importProducts) && <ImportLink />}
          {can(createProduct) && <AddLink />}
        </>
      }
      empty={
        <>
          <p>There are no products yet.</p>
          {can(createProduct) && <AddLink />}
        </>
      }
    />
  );
};
