import type { PricingRule } from '@plinth/dtos/orders';
import { disablePricingRule, enablePricingRule } from '@plinth/service-actions/orders';
import { mutationOptions } from '@plinth/service-actions/react-query';
import { useMutation } from '@tanstack/react-query';
import { useSession } from '../session/session.ts';
import { Button } from '../ui/button.tsx';
import { showDone } from '../ui/toasts.tsx';

/** The change that the status of the rule allows. */
export const DisableOrEnable = ({ rule: { id, name, status } }: { readonly rule: PricingRule }) => {
  const { api, can } = useSession();
  const { mutate: disable, isPending: isDisabling } = useMutation({
    ...mutationOptions(disablePricingRule, api),
    onSuccess: () => showDone(`“${name}” no longer applies to new orders.`),
  });
  const { mutate: enable, isPending: isEnabling } = useMutation({
    ...mutationOptions(enablePricingRule, api),
    onSuccess: () => showDone(`“${name}” applies to orders again.`),
  });
  if (status === 'disabled') {
    return can(enablePricingRule) ? (
      <Button isBusy={isEnabling} aria-label={`Enable ${name}`} onClick={() => enable({ id })}>
        Enable
      </Button>
    ) : null;
  }
  return can(disablePricingRule) ? (
    <Button isBusy={isDisabling} aria-label={`Disable ${name}`} onClick={() => disable({ id })}>
      Disable
    </Button>
  ) : null;
};
