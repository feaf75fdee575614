import { createHash } from 'node:crypto';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { membersOf } from '@plinth/dev-databases';

const version = 'v0.0.1-go1.26.8';

/** The archives of the Go module proxy, by platform; their hashes are those that the Go checksum database vouches for. */
const archives: Readonly<Record<string, { readonly name: string; readonly sha256: string }>> = {
  'linux-x64': {
    name: `${version}.linux-amd64`,
    sha256: '30c2b1bf7dcc88d3eb0a1364e47ddd9128edb3110a30e8a0ef61cd5856b31de7',
  },
  'linux-arm64': {
    name: `${version}.linux-arm64`,
    sha256: '02b36b6787b3ac767668f630e2998df45a3b1f9ffee08d1bf3ef6487cd658d99',
  },
};

const proxyDefault = 'https://proxy.golang.org';
const fetchMs = 300_000;

/** The first proxy that GOPROXY names. */
export const proxyOf = ({ GOPROXY = '' }: NodeJS.ProcessEnv): string =>
  GOPROXY.split(/[,|]/)
    .find((entry) => /^https?:\/\//.test(entry))
    ?.replace(/\/$/, '') ?? proxyDefault;

const download = async (url: string, sha256: string): Promise<Buffer> => {
  const answer = await fetch(url, { signal: AbortSignal.timeout(fetchMs) });
  if (!answer.ok) throw new Error(`${url} was answered with ${answer.status}`);
  const archive = Buffer.from(await answer.arrayBuffer());
  const actual = createHash('sha256').update(archive).digest('hex');
  if (actual !== sha256) throw new Error(`${url} is not the known file: its sha256 is ${actual}`);
  return archive;
};

/** Fetches Go into a folder. @returns its `go` command. @throws where there is none for this platform, or it cannot be had. */
export const fetchGo = async (env: NodeJS.ProcessEnv, folder: string): Promise<string> => {
  const wanted = archives[`${process.platform}-${process.arch}`];
  if (wanted === undefined) throw new Error(`there is no known Go for ${process.platform}-${process.arch}`);
  const archive = await download(`${proxyOf(env)}/golang.org/toolchain/@v/${wanted.name}.zip`, wanted.sha256);
  const prefix = `golang.org/toolchain@${wanted.name}/`;
  for (const { name, content } of membersOf(archive)) {
    const path = join(folder, name.slice(prefix.length));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content());
    // Archives of the proxy keep no modes.
    if (/^(bin|pkg\/tool)\//.test(name.slice(prefix.length))) await chmod(path, 0o755);
  }
  return join(folder, 'bin/go');
};
