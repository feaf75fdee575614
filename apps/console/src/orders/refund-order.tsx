import { zodResolver } from '@hookform/resolvers/zod';
import { toFieldMessage } from '@plinth/contract-kit';
import { RefundOrder as RefundOrderBody } from '@plinth/dtos/orders';
import { refundOrder } from '@plinth/service-actions/orders';
import { mutationOptions } from '@plinth/service-actions/react-query';
import { useMutation } from '@tanstack/react-query';
import { useForm } from 'react-hook-form';
import { useSession } from '../session/session.ts';
import { Dialog } from '../ui/dialog.tsx';
import { FormFooter } from '../ui/form-footer.tsx';
import { formatMoney } from '../ui/money.ts';
import { MoneyField } from '../ui/money-field.tsx';
import { showDone } from '../ui/toasts.tsx';
import type { StepProps } from './confirmed-steps.tsx';

/** The amount is required here, so that the user sees what is refunded even when another user refunds at the same time. */
const RefundFields = RefundOrderBody.required();

export const RefundOrder = ({ order: { id, paid, refunded }, onClose }: StepProps) => {
  const { api } = useSession();
  const rest = { amount: paid.amount - refunded.amount, currency: paid.currency };
  const form = useForm({
    defaultValues: { amount: rest },
    resolver: zodResolver(RefundFields, { error: toFieldMessage }),
  });
  const { mutate, isPending, error } = useMutation({
    ...mutationOptions(refundOrder, api),
    meta: { isHandled: true },
    onSuccess: (_, { body }) => {
      onClose();
      showDone(`${formatMoney(body.amount ?? rest)} refunded.`);
    },
  });
  const refusal = error?.problem.code === 'refund-too-large' ? error.problem.data.refundable : undefined;
  return (
    <Dialog title="Refund" onClose={onClose}>
      <form
        noValidate
        className="grid gap-4"
        onSubmit={(event) => void form.handleSubmit((body) => mutate({ id, body }))(event)}
      >
        <MoneyField
          form={form}
          name="amount"
          label="Amount"
          hint={`At most ${formatMoney(rest)}. When all is refunded, the order ends.`}
          currency={rest.currency}
          problem={refusal && `At most ${formatMoney(refusal)} can be refunded.`}
          isRequired
        />
        <FormFooter
          submitLabel="Refund"
          isBusy={isPending}
          error={error}
          onCancel={onClose}
          getCall={() => ({ action: refundOrder, input: { id, body: form.getValues() } })}
        />
      </form>
    </Dialog>
  );
};
