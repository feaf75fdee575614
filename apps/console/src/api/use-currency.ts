import { listProducts } from '@plinth/service-actions/orders';
import { queryOptions } from '@plinth/service-actions/react-query';
import { useQuery } from '@tanstack/react-query';
import { useSession } from '../session/session.ts';

/** Returns the currency of the newest product: most organizations have one. */
export const useCurrency = (): string => {
  const { api } = useSession();
  const { data } = useQuery(queryOptions(listProducts, api, { query: { limit: 1 } }));
  return data?.items[0]?.price.currency ?? 'EUR';
};
