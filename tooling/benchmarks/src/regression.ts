import { checkOut, findBase } from './checkout.ts';
import type { Row } from './compare.ts';
import { comparePair, type ModeOptions } from './modes.ts';
import type { Kind } from './requests.ts';
import type { Lab } from './servers.ts';

/** The minimum ratio of requests per core that a change must keep. Smaller losses are indistinguishable from noise. */
const ratioMin = 1 / 1.1;

const isSlower = ({ ratio }: Row): boolean => !(ratio.median >= ratioMin);

export type Regression = { readonly rows: readonly Row[]; readonly slower: readonly Kind[] };

/** Measures all kinds of requests, and measures slower ones again, because a busy machine can distort one measurement. */
export const findRegressions = async (
  kinds: readonly Kind[],
  measure: (kinds: readonly Kind[]) => Promise<readonly Row[]>,
): Promise<Regression> => {
  const first = await measure(kinds);
  const suspects = first.filter(isSlower).map(({ kind }) => kind);
  if (suspects.length === 0) return { rows: first, slower: [] };
  const second = await measure(suspects);
  return {
    rows: first.map((row) => second.find(({ kind }) => kind === row.kind) ?? row),
    slower: second.filter(isSlower).map(({ kind }) => kind),
  };
};

/** Compares the platform of the working tree with that of another commit. */
export const runRegression = async (lab: Lab, options: ModeOptions & { readonly base: string | undefined }) => {
  const base = await findBase(options.base);
  options.log(`Checking out ${base.slice(0, 12)}…`);
  const checkout = await checkOut(base);
  try {
    const subject = await lab.startPlatformServer({ name: 'working tree' });
    const reference = await lab.startPlatformServer({ name: base.slice(0, 12), root: checkout.root });
    const pair = { subject, reference };
    return await findRegressions(options.kinds, (kinds) => comparePair({ lab, pair }, { ...options, kinds }));
  } finally {
    await lab.close();
    await checkout.remove();
  }
};
