import type { OrderLine } from '@plinth/dtos/orders';
import { shipOrder } from '@plinth/service-actions/orders';
import { mutationOptions } from '@plinth/service-actions/react-query';
import { useMutation } from '@tanstack/react-query';
import { type UseFormReturn, useForm } from 'react-hook-form';
import { useSession } from '../session/session.ts';
import { Dialog } from '../ui/dialog.tsx';
import { FieldRow } from '../ui/field.tsx';
import { FormFooter } from '../ui/form-footer.tsx';
import { inputStyle } from '../ui/styles.ts';
import { showDone } from '../ui/toasts.tsx';
import type { StepProps } from './confirmed-steps.tsx';

type Fields = { readonly lines: { productId: string; quantity: number }[] };

const toBody = ({ lines }: Fields) => ({ lines: lines.filter(({ quantity }) => quantity > 0) });

type LineProps = {
  readonly form: UseFormReturn<Fields>;
  readonly index: number;
  readonly line: OrderLine;
  /** The problem of the response with this line. */
  readonly problem: string | undefined;
};

const Line = ({ form, index, line: { name, quantity, shipped }, problem }: LineProps) => {
  const most = quantity - shipped;
  return (
    <FieldRow
      label={name}
      hint={`${most} of ${quantity} left to ship`}
      error={form.formState.errors.lines?.[index]?.quantity?.message ?? problem}
      isRequired
    >
      {(attributes) => (
        <input
          type="number"
          min={0}
          max={most}
          className={inputStyle}
          {...form.register(`lines.${index}.quantity`, {
            valueAsNumber: true,
            validate: (value) => (Number.isInteger(value) && value >= 0 && value <= most) || `Ship 0 to ${most}.`,
          })}
          {...attributes}
        />
      )}
    </FieldRow>
  );
};

/** The quantities are sent even when everything is shipped, so that a shipment by another user at the same time adds nothing to it. */
export const ShipOrder = ({ order: { id, lines }, onClose }: StepProps) => {
  const { api } = useSession();
  const left = lines.filter(({ quantity, shipped }) => shipped < quantity);
  const form = useForm<Fields>({
    defaultValues: {
      lines: left.map(({ productId, quantity, shipped }) => ({ productId, quantity: quantity - shipped })),
    },
  });
  const { mutate, isPending, error } = useMutation({
    ...mutationOptions(shipOrder, api),
    meta: { isHandled: true },
    onSuccess: ({ status }) => {
      onClose();
      showDone(status === 'shipped' ? 'All items were shipped.' : 'The items were shipped; others are left.');
    },
  });
  const refusal = error?.problem.code === 'shipment-too-large' ? error.problem.data : undefined;
  const submit = (fields: Fields): void => {
    const body = toBody(fields);
    if (body.lines.length > 0) mutate({ id, body });
    else form.setError('lines.0.quantity', { message: 'Ship at least one item.' }, { shouldFocus: true });
  };
  return (
    <Dialog title="Ship" onClose={onClose}>
      <form noValidate className="grid gap-4" onSubmit={(event) => void form.handleSubmit(submit)(event)}>
        {left.map((line, index) => {
          const isRefused = refusal?.productId === line.productId;
          const problem = isRefused ? `${refusal.open} are left to ship.` : undefined;
          return <Line key={line.productId} form={form} index={index} line={line} problem={problem} />;
        })}
        <FormFooter
          submitLabel="Ship"
          isBusy={isPending}
          error={error}
          onCancel={onClose}
          getCall={() => ({ action: shipOrder, input: { id, body: toBody(form.getValues()) } })}
        />
      </form>
    </Dialog>
  );
};
