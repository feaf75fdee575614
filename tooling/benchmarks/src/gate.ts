import { baseOf, checkOut } from './gate-checkout.ts';
import { costsOf, type Decision, decide, ratioMax } from './gate-decision.ts';
import type { GateOptions } from './gate-options.ts';
import { type PlatformsParts, withPlatforms } from './platforms.ts';
import { tableOf } from './report.ts';

/** Runs the platform of the base and that of the working tree beside each other. */
export const gate = async (parts: PlatformsParts & GateOptions): Promise<Decision & { readonly base: string }> => {
  const base = await baseOf(parts.base);
  parts.log(`Checking ${base.slice(0, 12)} out…`);
  const checkout = await checkOut(base);
  const { reads, writes } = parts.options;
  try {
    const decision = await withPlatforms(parts, { after: {}, before: { root: checkout.root } }, ({ rowsOf }) =>
      decide([...reads, ...writes], async (kinds) => costsOf(await rowsOf(kinds))),
    );
    return { base, ...decision };
  } finally {
    await checkout.remove();
  }
};

/** The table of what each kind costs before and after, and what follows. */
export const gateReport = ({ costs, dearer, base }: Awaited<ReturnType<typeof gate>>): string => {
  const table = tableOf([
    ['request', 'before µs', 'after µs', 'after / before'],
    ...costs.map(({ kind, beforeMicros, afterMicros, ratio }) => [
      kind,
      beforeMicros.toFixed(0),
      afterMicros.toFixed(0),
      ratio.toFixed(2),
    ]),
  ]);
  const verdict =
    dearer.length === 0
      ? `No kind of request costs more than ${ratioMax} times what it costs at ${base.slice(0, 12)}.`
      : `Too dear, twice: ${dearer.join(', ')}. Requests may cost ${ratioMax} times what they cost at ${base.slice(0, 12)}.`;
  return `${table}\n\nCPU of the server for one request; the ratio is the median over the rounds. ${verdict}`;
};
