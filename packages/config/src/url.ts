import { z } from 'zod';
import type { Presence, Read, Sentence, Setting } from './setting.ts';
import { createSetting } from './setting.ts';

/** The schemes that a URL setting may allow. */
export type Scheme = 'mongodb' | 'mongodb+srv' | 'redis' | 'rediss' | 'http' | 'https';

type UrlOptions = { readonly schemes: readonly [Scheme, ...Scheme[]]; readonly example: string };

type Split = { readonly scheme: string; readonly userinfo: string; readonly hosts: readonly string[] };

// `new URL` refuses several hosts, which MongoDB's URIs may have; so the authority is taken apart by hand.
const split = (value: string): Split | undefined => {
  // A later @ means a credential with an unescaped / ? or #, which no reader of the URL would take apart the same way.
  const found = /^([a-z][a-z+]*):\/\/([^/?#\s]+)[^\s@]*$/.exec(value);
  const [, scheme, authority] = found ?? [];
  if (scheme === undefined || authority === undefined) return undefined;
  const at = authority.lastIndexOf('@');
  return { scheme, userinfo: authority.slice(0, Math.max(at, 0)), hosts: authority.slice(at + 1).split(',') };
};

const isUrl = (value: string, schemes: readonly string[]): boolean => {
  const parts = split(value);
  if (!parts || !schemes.includes(parts.scheme)) return false;
  if (parts.hosts.length > 1 && parts.scheme !== 'mongodb') return false;
  return parts.hosts.every((host) => /^[^:]/.test(host) && URL.canParse(`${parts.scheme}://${host}`));
};

/** A URL of one of the allowed schemes. Credentials may stand in its value, but not in its default or example. */
export const url = <const O extends UrlOptions & Presence<string>>(
  description: Sentence,
  options: O,
): Setting<Read<string, O>> => {
  const { schemes, example, ...presence }: UrlOptions & Presence<string> = options;
  if ([example, presence.default ?? ''].some((value) => split(value)?.userinfo)) {
    throw new TypeError(`The default and the example of a URL hold no credentials ("${description}").`);
  }
  const expects = `a URL that begins with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`;
  const schema = z.string().refine((value) => isUrl(value, schemes), { error: `is not ${expects}` });
  return createSetting({ description, schema, expects, example, presence });
};

/** The text with the credentials and the query of every URL in it replaced. */
export const withoutCredentials = (value: string): string =>
  value.replace(/:\/\/[^\s/?#]*@/g, '://[secret]@').replace(/(:\/\/[^\s?]*)\?\S*/g, '$1?[query]');
