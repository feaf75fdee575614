/** What is read of the report of schemathesis. */
export type Report = {
  /** Cases that were sent. */
  readonly cases: number;
  /** Operations of which at least one case was sent. */
  readonly tested: number;
  /** What was found, in a line each; none is as it should be. */
  readonly findings: readonly string[];
};

type Raw = {
  readonly complete: boolean;
  readonly stop_reason: string;
  readonly operations: { readonly tested: number; readonly errored: number; readonly skipped: number } | null;
  readonly test_cases: { readonly generated: number };
  readonly failures: readonly { readonly title: string; readonly operations: readonly string[] }[];
  readonly errors: readonly { readonly title: string; readonly count: number }[];
};

/** Reads a report. A run that did not come to its end is a finding too. */
export const readReport = (json: string): Report => {
  const { complete, stop_reason: stop, operations, test_cases: cases, failures, errors } = JSON.parse(json) as Raw;
  const { tested = 0, errored = 0, skipped = 0 } = operations ?? {};
  return {
    cases: cases.generated,
    tested,
    findings: [
      ...failures.map(({ title, operations: where }) => `${title}: ${where.join(', ')}`),
      ...errors.map(({ title, count }) => `${title} (${count} times)`),
      ...(complete && stop === 'completed' ? [] : [`The run ended early: ${stop}.`]),
      ...(errored + skipped > 0 ? [`${errored} operations could not be tried, ${skipped} were skipped.`] : []),
    ],
  };
};
