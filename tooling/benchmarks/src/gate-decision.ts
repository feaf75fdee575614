import type { Kind } from './kinds.ts';
import type { Row } from './summary.ts';

/** What a kind of request costs, in microseconds of the server's CPU, before a change and with it. */
export type Cost = {
  readonly kind: Kind;
  readonly beforeMicros: number;
  readonly afterMicros: number;
  /** The median, over the rounds, of what it costs with the change divided by what it costs without. */
  readonly ratio: number;
};

/** So much more may a request cost; less is not told apart from noise. */
export const ratioMax = 1.1;

/** The costs in rows where the change is the platform, and what was before it stands in the place of the raw server. */
export const costsOf = (rows: readonly Row[]): Cost[] =>
  rows.map(({ kind, perCore, platform, raw }) => ({
    kind,
    beforeMicros: raw.serverMicros,
    afterMicros: platform.serverMicros,
    ratio: 1 / perCore.median,
  }));

export type Decision = {
  /** The last measurement of each kind. */
  readonly costs: readonly Cost[];
  /** Kinds that were too dear each time that they were measured. */
  readonly dearer: readonly Kind[];
};

const isTooDear = ({ ratio }: Cost): boolean => !(ratio <= ratioMax);

/**
 * Measures, and measures what seems to be too dear once more, because a busy machine is too dear now and then. What
 * could not be measured is too dear.
 */
export const decide = async (
  kinds: readonly Kind[],
  measure: (kinds: readonly Kind[]) => Promise<readonly Cost[]>,
): Promise<Decision> => {
  const first = await measure(kinds);
  const suspects = first.filter(isTooDear).map(({ kind }) => kind);
  if (suspects.length === 0) return { costs: first, dearer: [] };
  const second = await measure(suspects);
  return {
    costs: first.map((cost) => second.find(({ kind }) => kind === cost.kind) ?? cost),
    dearer: second.filter(isTooDear).map(({ kind }) => kind),
  };
};
