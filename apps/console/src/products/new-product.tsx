import { CreateProduct } from '@plinth/dtos/orders';
import { createProduct } from '@plinth/service-actions/orders';
import { mutationOptions } from '@plinth/service-actions/react-query';
import { useMutation } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { z } from 'zod';
import { useSession } from '../session/session.ts';
import { MoneyField } from '../ui/money-field.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { ResourceForm } from '../ui/resource-form.tsx';
import { linkStyle } from '../ui/styles.ts';
import { showDone } from '../ui/toasts.tsx';

/** `CreateProduct` with the types of its output, because the stock always has a value in the form. */
const NewProductFields: z.ZodObject & z.ZodType<z.output<typeof CreateProduct>, z.output<typeof CreateProduct>> =
  CreateProduct as never;

const problemFields = { 'sku-taken': 'sku' } as const;

export const NewProduct = () => {
  const { api } = useSession();
  const navigate = useNavigate();
  const { mutate, isPending, error } = useMutation({
    ...mutationOptions(createProduct, api),
    meta: { isHandled: true },
    onSuccess: ({ id, name }) => {
      showDone(`${name} was added.`);
      void navigate({ to: '/products/$id', params: { id } });
    },
  });
  return (
    <>
      <PageHeader
        title="Add product"
        above={
          <Link to="/products" className={linkStyle}>
            Products
          </Link>
        }
      />
      <ResourceForm
        schema={NewProductFields}
        defaultValues={{ sku: '', name: '', description: '', stock: 0 }}
        problemFields={problemFields}
        withoutHint={['name']}
        submitLabel="Add product"
        isBusy={isPending}
        error={error}
        onSubmit={(body) => mutate({ body })}
        onCancel={() => void navigate({ to: '/products' })}
        toCall={(body) => ({ action: createProduct, input: { body } })}
      >
        {(form) => <MoneyField form={form} name="price" label="Price" isRequired />}
      </ResourceForm>
    </>
  );
};
