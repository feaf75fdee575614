import type { Order, OrderTransition } from '@plinth/dtos/orders';
import {
  cancelOrder,
  deliverOrder,
  markOrderPaid,
  refundOrder,
  shipOrder,
  updateOrder,
} from '@plinth/service-actions/orders';
import { Link } from '@tanstack/react-router';
import { type ComponentType, lazy, Suspense, useEffect, useRef, useState } from 'react';
import type { Callable } from '../api/can.ts';
import { useSession } from '../session/session.ts';
import { Button } from '../ui/button.tsx';
import { type ButtonLook, buttonStyles } from '../ui/styles.ts';
import { CancelOrder, DeliverOrder, MarkOrderPaid, type StepProps } from './confirmed-steps.tsx';
import { transitions } from './lifecycle.ts';

type Step = {
  readonly label: string;
  readonly action: Callable;
  readonly look: ButtonLook;
  readonly dialog: ComponentType<StepProps>;
};

// Forms need the schemas of the API, so they are loaded when they are opened.
const ShipOrder = lazy(async () => ({ default: (await import('./ship-order.tsx')).ShipOrder }));
const RefundOrder = lazy(async () => ({ default: (await import('./refund-order.tsx')).RefundOrder }));

const steps: Readonly<Record<Exclude<OrderTransition, 'update'>, Step>> = {
  'mark-paid': { label: 'Mark paid', action: markOrderPaid, look: 'primary', dialog: MarkOrderPaid },
  ship: { label: 'Ship', action: shipOrder, look: 'primary', dialog: ShipOrder },
  deliver: { label: 'Mark delivered', action: deliverOrder, look: 'primary', dialog: DeliverOrder },
  refund: { label: 'Refund', action: refundOrder, look: 'secondary', dialog: RefundOrder },
  cancel: { label: 'Cancel order', action: cancelOrder, look: 'quietDanger', dialog: CancelOrder },
};

const events = Object.keys(steps) as (keyof typeof steps)[];

/** Keeps the focus near when the focused button disappears, because the status has changed. */
const useFocusAfterStep = (status: string) => {
  const element = useRef<HTMLDivElement>(null);
  const before = useRef(status);
  useEffect(() => {
    if (before.current === status) return;
    before.current = status;
    if (document.activeElement === document.body) element.current?.focus({ preventScroll: true });
  }, [status]);
  return element;
};

/** The steps that the status of the order allows, and the permissions of the user. */
export const OrderSteps = ({ order }: { readonly order: Order }) => {
  const { can } = useSession();
  // The dialog stays open when its button disappears, as when another user has changed the status meanwhile.
  const [open, setOpen] = useState<keyof typeof steps>();
  const { id, status } = order;
  const isLegal = (event: OrderTransition): boolean =>
    transitions.some((transition) => transition.from === status && transition.event === event);
  const offered = events.filter((event) => isLegal(event) && can(steps[event].action));
  const canEdit = isLegal('update') && can(updateOrder);
  const Dialog = open && steps[open].dialog;
  const element = useFocusAfterStep(status);
  return (
    <div ref={element} tabIndex={-1} className="flex flex-wrap gap-2 outline-none">
      {offered.map((event) => (
        <Button key={event} look={steps[event].look} onClick={() => setOpen(event)}>
          {steps[event].label}
        </Button>
      ))}
      {canEdit && (
        <Link to="/orders/$id/edit" params={{ id }} className={buttonStyles.secondary}>
          Edit
        </Link>
      )}
      {offered.length === 0 && !canEdit && <p className="text-muted">There is nothing that you can do now.</p>}
      {Dialog && (
        <Suspense>
          <Dialog order={order} onClose={() => setOpen(undefined)} />
        </Suspense>
      )}
    </div>
  );
};
