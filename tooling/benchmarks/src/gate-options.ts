import { parseArgs } from 'node:util';
import { type Options, readOptions, UsageError } from './options.ts';

/** What is measured, and what is compared with. */
export type GateOptions = { readonly base: string | undefined; readonly options: Options };

const usual = [
  '--reads',
  'get,list,health',
  '--writes',
  'post',
  '--connections',
  '32',
  '--rounds',
  '7',
  '--slice',
  '1',
];
const quick = [...usual.slice(0, 6), '--rounds', '3', '--slice', '0.5'];

/** Reads `--gate [--quick] [--base <commit>]`. @throws `UsageError` with what is legal. */
export const readGateOptions = (args: readonly string[]): GateOptions => {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { gate: { type: 'boolean' }, quick: { type: 'boolean', default: false }, base: { type: 'string' } },
    });
    return { base: values.base, options: readOptions(values.quick ? quick : usual) };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`${reason} The form is: npm run bench -- --gate [--quick] [--base <commit>]`, { cause });
  }
};
