import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const image = 'grafana/k6:1.8.1';

/** Returns the command that runs k6 where `folders` are readable and writable. */
export type K6Command = (folders: readonly string[]) => readonly string[];

const succeeds = (program: string, ...args: string[]): Promise<boolean> =>
  run(program, args).then(
    () => true,
    () => false,
  );

const dockerCommand: K6Command = (folders) => [
  ...['docker', 'run', '--rm', '--init', '--network=host', `--user=${process.getuid?.() ?? 0}`],
  ...folders.map((folder) => `--volume=${folder}:${folder}`),
  image,
];

/** Finds k6 on PATH, else its Docker image where a Docker daemon runs. */
export const findK6 = async (): Promise<K6Command | undefined> => {
  if (await succeeds('k6', 'version')) return () => ['k6'];
  if (await succeeds('docker', 'info')) return dockerCommand;
  return undefined;
};
