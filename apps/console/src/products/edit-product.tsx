import { CreateProduct, type Product } from '@plinth/dtos/orders';
import { getProduct, updateProduct } from '@plinth/service-actions/orders';
import { queryOptions } from '@plinth/service-actions/react-query';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useSession } from '../session/session.ts';
import { EditForm } from '../ui/edit-form.tsx';
import { FactsSkeleton } from '../ui/facts.tsx';
import { MoneyField } from '../ui/money-field.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { ProblemPage } from '../ui/problem.tsx';
import { linkStyle } from '../ui/styles.ts';
import { showDone } from '../ui/toasts.tsx';

/** The fields that the form has. Its patch is what differs from the product. */
const EditProductFields = CreateProduct.pick({ name: true, description: true, price: true });

const toValues = ({ name, description, price }: Product) => ({ name, description, price });

export const EditProduct = () => {
  const { api } = useSession();
  const { id } = useParams({ from: '/products/$id/edit' });
  const navigate = useNavigate();
  const { data, error, refetch } = useQuery(queryOptions(getProduct, api, { id }));
  if (error) return <ProblemPage error={error} onRetry={() => void refetch()} />;
  const name = data?.name ?? 'product';
  const leave = () => void navigate({ to: '/products/$id', params: { id } });
  return (
    <>
      <PageHeader
        title={`Edit ${name}`}
        above={
          <Link to="/products/$id" params={{ id }} className={linkStyle}>
            {name}
          </Link>
        }
      />
      {data ? (
        <EditForm
          action={updateProduct}
          schema={EditProductFields}
          latest={data}
          toValues={toValues}
          withoutHint={['name']}
          onSaved={(product) => {
            showDone(`${product.name} was saved.`);
            leave();
          }}
          onCancel={leave}
        >
          {(form) => (
            <MoneyField
              form={form}
              name="price"
              label="Price"
              hint="Orders keep the price at which they were placed."
              isRequired
            />
          )}
        </EditForm>
      ) : (
        <FactsSkeleton rows={4} />
      )}
    </>
  );
};
