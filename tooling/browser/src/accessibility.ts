import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

/** Returns the faults that axe finds on a page, each with its element and what to do. Works under a policy that blocks script elements. */
export const findAccessibilityFaults = async (page: Page): Promise<string[]> => {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResults>('axe.run({ resultTypes: ["violations"] })');
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(
      ({ target, failureSummary = '' }) => `${id}: ${target.join(' ')}: ${failureSummary.replaceAll(/\s+/g, ' ')}`,
    ),
  );
};
