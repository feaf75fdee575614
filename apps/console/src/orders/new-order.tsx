import { zodResolver } from '@hookform/resolvers/zod';
import { toFieldMessage } from '@plinth/contract-kit';
import { ShippingAddress } from '@plinth/dtos/orders';
import { getProduct, placeOrder } from '@plinth/service-actions/orders';
import { mutationOptions, queryOptions } from '@plinth/service-actions/react-query';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { type UseFormReturn, useForm } from 'react-hook-form';
import { useSession } from '../session/session.ts';
import { FormFooter } from '../ui/form-footer.tsx';
import { MoneyField } from '../ui/money-field.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { SchemaFields, useFieldErrors } from '../ui/resource-form.tsx';
import { linkStyle } from '../ui/styles.ts';
import { showDone } from '../ui/toasts.tsx';
import { ChosenLines } from './chosen-lines.tsx';
import { OrderFields } from './order-fields.ts';

type Form = UseFormReturn<OrderFields>;

const usePlaceOrder = () => {
  const { api } = useSession();
  const navigate = useNavigate();
  return useMutation({
    ...mutationOptions(placeOrder, api),
    meta: { isHandled: true },
    onSuccess: ({ id }) => {
      showDone('The order was placed.');
      void navigate({ to: '/orders/$id', params: { id } });
    },
  });
};

/** Moves the focus to the first invalid field of the page. React Hook Form has no order between fields and lines. */
const useFocusOfInvalid = ({ formState: { submitCount } }: Form) => {
  const element = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (submitCount > 0) element.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
  }, [submitCount]);
  return element;
};

const problemFields = {
  'voucher-unavailable': 'voucherCode',
  'voucher-used-up': 'voucherCode',
  'voucher-not-applicable': 'voucherCode',
} as const;

/** Shows the refusals of an order at the fields that they are about. */
const useRefusals = (form: Form, error: ReturnType<typeof usePlaceOrder>['error']): void => {
  useFieldErrors(form, error, problemFields);
  useEffect(() => {
    const problem = error?.problem;
    switch (problem?.code) {
      case 'out-of-stock':
      case 'product-unavailable':
      case 'duplicate-product': {
        const { productId } = problem.data;
        const index = form.getValues('lines').findIndex((line) => line.productId === productId);
        const message = problem.code === 'out-of-stock' ? 'Not enough items.' : problem.title;
        form.setError(`lines.${index}.quantity`, { message }, { shouldFocus: true });
        break;
      }
      default:
    }
  }, [form, error]);
};

type SectionProps = { readonly title: string; readonly children: ReactNode };

const Section = ({ title, children }: SectionProps) => {
  const id = useId();
  return (
    <section aria-labelledby={id} className="grid gap-4 border-b border-line pb-4">
      <h2 id={id} className="font-semibold">
        {title}
      </h2>
      {children}
    </section>
  );
};

/** The fee has the currency of the products. */
const ShippingFee = ({ form }: { readonly form: Form }) => {
  const { api } = useSession();
  const [first] = form.watch('lines');
  const { data } = useQuery({
    ...queryOptions(getProduct, api, { id: first?.productId ?? '' }),
    enabled: Boolean(first),
  });
  return (
    <MoneyField
      form={form}
      name="shippingFee"
      label="Shipping fee"
      hint="Unless a pricing rule makes shipping free."
      currency={data?.price.currency ?? 'EUR'}
    />
  );
};

/** Their labels say it all. */
const obvious = ['postalCode', 'city', 'note'];

const Customer = OrderFields.shape.customer;
const Further = OrderFields.pick({ voucherCode: true, note: true });

export const NewOrder = () => {
  const navigate = useNavigate();
  const { mutate, isPending, error } = usePlaceOrder();
  const form = useForm<OrderFields>({
    defaultValues: { lines: [] },
    resolver: zodResolver(OrderFields, { error: toFieldMessage }),
    shouldFocusError: false,
  });
  useRefusals(form, error);
  const element = useFocusOfInvalid(form);
  return (
    <>
      <PageHeader
        title="Place order"
        above={
          <Link to="/orders" className={linkStyle}>
            Orders
          </Link>
        }
      />
      <form
        ref={element}
        noValidate
        className="grid max-w-lg gap-5"
        onSubmit={(event) => void form.handleSubmit((body) => mutate({ body }))(event)}
      >
        <Section title="Products">
          <ChosenLines form={form} />
        </Section>
        <Section title="Customer">
          <SchemaFields form={form} schema={Customer} path="customer" />
        </Section>
        <Section title="Shipping address">
          <SchemaFields form={form} schema={ShippingAddress} path="shippingAddress" withoutHint={obvious} />
        </Section>
        <Section title="Terms">
          <ShippingFee form={form} />
          <SchemaFields form={form} schema={Further} withoutHint={obvious} />
        </Section>
        <FormFooter
          submitLabel="Place order"
          isBusy={isPending}
          error={error}
          onCancel={() => void navigate({ to: '/orders' })}
          getCall={() => ({ action: placeOrder, input: { body: form.getValues() } })}
        />
      </form>
    </>
  );
};
