import type { Order } from '@plinth/dtos/orders';
import { cancelOrder, deliverOrder, markOrderPaid } from '@plinth/service-actions/orders';
import { Confirm } from '../ui/confirm.tsx';
import { formatMoney } from '../ui/money.ts';
import { showDone } from '../ui/toasts.tsx';

export type StepProps = { readonly order: Order; readonly onClose: () => void };

export const MarkOrderPaid = ({ order: { id, total }, onClose }: StepProps) => (
  <Confirm
    title={`Record the payment of ${formatMoney(total)}?`}
    action={markOrderPaid}
    input={{ id }}
    label="Mark paid"
    look="primary"
    onDone={() => showDone('The payment was recorded.')}
    onClose={onClose}
  >
    The whole total has been paid outside of this console. The order can be shipped then.
  </Confirm>
);

export const DeliverOrder = ({ order: { id }, onClose }: StepProps) => (
  <Confirm
    title="Record the delivery?"
    action={deliverOrder}
    input={{ id }}
    label="Mark delivered"
    look="primary"
    onDone={() => showDone('The delivery was recorded.')}
    onClose={onClose}
  >
    All items of the order have arrived.
  </Confirm>
);

export const CancelOrder = ({ order: { id, paid }, onClose }: StepProps) => (
  <Confirm
    title="Cancel this order?"
    action={cancelOrder}
    input={{ id }}
    label="Cancel order"
    dismiss="Keep it"
    onDone={() => showDone('The order was cancelled.')}
    onClose={onClose}
  >
    The items return to the stock, and a voucher can be used again.
    {paid.amount > 0 && ` The payment of ${formatMoney(paid)} is refunded.`} Nothing follows after it.
  </Confirm>
);
