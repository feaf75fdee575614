import type { Product } from '@plinth/dtos/orders';
import { getProduct, listStockMovements, restockProduct, updateProduct } from '@plinth/service-actions/orders';
import { queryOptions } from '@plinth/service-actions/react-query';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useSession } from '../session/session.ts';
import { StatusBadge } from '../ui/badge.tsx';
import { CopyCall } from '../ui/copy-call.tsx';
import { Facts, FactsSkeleton, IdValue } from '../ui/facts.tsx';
import { formatMoney } from '../ui/money.ts';
import { PageHeader } from '../ui/page-header.tsx';
import { PagedTable } from '../ui/paged-table.tsx';
import { ProblemPage } from '../ui/problem.tsx';
import { buttonStyles, linkStyle } from '../ui/styles.ts';
import { Time } from '../ui/time.tsx';
import { formatCount, movementColumns } from './columns.tsx';
import { ArchiveOrReactivate, Restock } from './product-changes.tsx';

const ProductFacts = ({ product }: { readonly product: Product }) => (
  <Facts
    rows={[
      [
        'Price',
        <span key="price" className="font-medium">
          {formatMoney(product.price)}
        </span>,
      ],
      ['Stock', product.stock === 0 ? 'Out of stock' : formatCount(product.stock)],
      ['SKU', product.sku],
      [
        'Description',
        <span key="description" className="whitespace-pre-line">
          {product.description ?? '—'}
        </span>,
      ],
      ['Added', <Time key="added" value={product.createdAt} />],
      ['Last change', <Time key="changed" value={product.updatedAt} />],
      ['Id', <IdValue key="id" id={product.id} />],
    ]}
  />
);

const Actions = ({ product }: { readonly product: Product }) => {
  const { can } = useSession();
  const { id } = product;
  return (
    <>
      <CopyCall getCall={() => ({ action: getProduct, input: { id } })} />
      {can(updateProduct) && (
        <Link to="/products/$id/edit" params={{ id }} className={buttonStyles.secondary}>
          Edit
        </Link>
      )}
      {can(restockProduct) && <Restock product={product} />}
      <ArchiveOrReactivate product={product} />
    </>
  );
};

const StockMovements = ({ id }: { readonly id: string }) => (
  <section aria-labelledby="movements" className="mt-8 max-w-3xl">
    <div className="mb-3 flex items-center justify-between gap-2">
      <h2 id="movements" className="font-semibold">
        Stock movements
      </h2>
      <CopyCall getCall={() => ({ action: listStockMovements, input: { id } })} />
    </div>
    <PagedTable
      title="Stock movements"
      action={listStockMovements}
      input={{ id }}
      columns={movementColumns}
      empty={<p>Nothing has been added to the stock yet. Items that orders take are not listed.</p>}
    />
  </section>
);

export const ProductDetail = () => {
  const { api } = useSession();
  const { id } = useParams({ from: '/products/$id' });
  const { data, error, refetch } = useQuery(queryOptions(getProduct, api, { id }));
  if (error) return <ProblemPage error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <PageHeader
        title={data?.name ?? 'Product'}
        mark={data && <StatusBadge status={data.status} />}
        above={
          <Link to="/products" className={linkStyle}>
            Products
          </Link>
        }
      >
        {data && <Actions product={data} />}
      </PageHeader>
      {data ? <ProductFacts product={data} /> : <FactsSkeleton rows={7} />}
      <StockMovements id={id} />
    </>
  );
};
