import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';

const image = 'grafana/k6:1.8.1';
/** The folders of the script and of its input. */
const folders = [fileURLToPath(new URL('.', import.meta.url)), tmpdir()];

const succeeds = (program: string, argument: string): boolean =>
  spawnSync(program, [argument], { stdio: 'ignore' }).status === 0;

/** Finds the command that runs k6: the one on PATH, else its Docker image where a Docker daemon runs. */
export const findK6 = (): readonly [string, ...string[]] | undefined => {
  if (succeeds('k6', 'version')) return ['k6'];
  if (!succeeds('docker', 'info')) return undefined;
  const volumes = folders.map((folder) => `--volume=${folder}:${folder}`);
  return ['docker', 'run', '--rm', '--init', '--network=host', `--user=${process.getuid?.() ?? 0}`, ...volumes, image];
};
