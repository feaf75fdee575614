import { parseArgs } from 'node:util';
import { type Profile, profiles, type Size, usual } from './profiles.ts';

/** What was asked for is not possible; the message says what is. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const form = `npm run load -- ${profiles.join('|')} [--minutes 1] [--rate 100]`;

const parse = (args: readonly string[]) => {
  try {
    const options = { minutes: { type: 'string' }, rate: { type: 'string' } } as const;
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`${reason} The form is: ${form}`, { cause });
  }
};

type Flag = { readonly name: string; readonly text: string | undefined; readonly min: number; readonly max: number };

const numberOf = ({ name, text, min, max }: Flag): number | undefined => {
  if (text === undefined) return undefined;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value >= min && value <= max) return value;
  throw new UsageError(`--${name} takes numbers from ${min} to ${max}; '${text}' is not one.`);
};

const isProfile = (text: string | undefined): text is Profile => profiles.some((profile) => profile === text);

/** Reads the command line. @throws `UsageError` with what is legal. */
export const readOptions = (args: readonly string[]): Size => {
  const { values, positionals } = parse(args);
  const [profile, ...rest] = positionals;
  if (!isProfile(profile) || rest.length > 0) throw new UsageError(`Say what to run: ${form}`);
  const minutes = numberOf({ name: 'minutes', text: values.minutes, min: 0.05, max: 24 * 60 });
  const rate = numberOf({ name: 'rate', text: values.rate, min: 1, max: 5000 });
  const { perSecond, seconds } = usual[profile];
  return {
    profile,
    perSecond: Math.round(rate ?? perSecond),
    seconds: minutes === undefined ? seconds : Math.round(minutes * 60),
  };
};
