import { listPricingRules } from '@plinth/service-actions/orders';
import { ResourceList } from '../ui/resource-list.tsx';
import { ruleColumns } from './columns.tsx';

export const RuleList = () => (
  <ResourceList
    title="Pricing rules"
    action={listPricingRules}
    columns={ruleColumns}
    empty={
      <>
        <p>There are no pricing rules yet, so orders have the prices of their products.</p>
        <p>
          Add one with <code className="font-mono text-xs">POST /v1/pricing-rules</code>.
        </p>
      </>
    }
  />
);
