import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

/** The rules whose result depends on colors. */
const colorRules = ['color-contrast', 'link-in-text-block'];

/**
 * Returns the faults that axe finds on a page, each with its element and what to do. Works under a policy that blocks script elements.
 * `rules: 'color'` is for a page whose other rules have been checked in another color scheme.
 */
export const findAccessibilityFaults = async (
  page: Page,
  { rules = 'all' as 'all' | 'color' } = {},
): Promise<string[]> => {
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axe.source);
  const options = { resultTypes: ['violations'], ...(rules === 'color' && { runOnly: colorRules }) };
  const violations = await page.evaluate<AxeResults['violations']>(
    `axe.run(${JSON.stringify(options)}).then((results) => results.violations)`,
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(
      ({ target, failureSummary = '' }) => `${id}: ${target.join(' ')}: ${failureSummary.replaceAll(/\s+/g, ' ')}`,
    ),
  );
};
