import { execFile } from 'node:child_process';
import { copyFile, mkdir, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { promisify } from 'node:util';
import { assignments, execForm, type Instruction, only, type Stage } from './dockerfile.ts';

/** What an image is, lying in a folder instead of in a registry. */
export type BuiltImage = {
  /** The folder that is `/` in the image. */
  readonly root: string;
  /** Of the process, as a path in the image. */
  readonly workdir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly user: { readonly uid: number; readonly gid: number };
  readonly command: readonly string[];
  readonly healthCheck: readonly string[];
};

export type BuildOptions = {
  /** The files that the build is given. */
  readonly context: string;
  /** An empty folder for the stages. */
  readonly work: string;
  readonly args: Readonly<Record<string, string>>;
};

type State = {
  readonly root: string;
  workdir: string;
  readonly variables: Record<string, string>;
  readonly env: Record<string, string>;
  /** Where its commands are found: what it installed itself, and what those that it begins from did. */
  readonly programs: readonly string[];
};

/**
 * Runs the steps of a Dockerfile on this machine, each stage in a folder of its own. Node and npm are this machine's,
 * where an image has those of its base; everything else happens as it is written.
 */
export async function buildOutsideDocker(stages: readonly Stage[], options: BuildOptions): Promise<BuiltImage> {
  const built = new Map<string, State>();
  const storeDir = await pnpmStore(options.context);
  let state: State | undefined;
  for (const [index, stage] of stages.entries()) {
    state = await begin(stage, { built, root: join(options.work, `stage-${index}`) });
    for (const instruction of stage.instructions) await apply(instruction, { state, built, options, storeDir });
    built.set(stage.as ?? String(index), state);
  }
  const last = stages.at(-1);
  if (state === undefined || last === undefined) throw new Error('A Dockerfile needs a FROM.');
  const { root, workdir, env } = state;
  return {
    root,
    workdir,
    env,
    user: userOf(last),
    command: execForm(only(last, 'CMD').text),
    healthCheck: healthCheckOf(last),
  };
}

/**
 * A copy of the working directory that this stage begins from, whose programs it finds by PATH; or nothing, where it begins
 * from a base image, whose files are this machine's.
 */
async function begin({ from }: Stage, { built, root }: { built: Map<string, State>; root: string }): Promise<State> {
  const parent = built.get(from);
  const programs = join(root, 'usr/local/bin');
  const workdir = parent?.workdir ?? '/';
  await mkdir(join(root, workdir), { recursive: true });
  if (parent === undefined) return { root, workdir, variables: {}, env: {}, programs: [programs] };
  await copyTree(`${join(parent.root, workdir)}/.`, join(root, workdir));
  // A stage inherits the environment of the one that it begins from; its arguments are its own.
  const { env } = parent;
  return { root, workdir, variables: { ...env }, env: { ...env }, programs: [programs, ...parent.programs] };
}

type Step = {
  readonly state: State;
  readonly built: ReadonlyMap<string, State>;
  readonly options: BuildOptions;
  readonly storeDir: string | undefined;
};

async function apply({ name, flags, text }: Instruction, step: Step): Promise<void> {
  const { state, options } = step;
  const value = expand(text, state.variables);
  switch (name) {
    case 'ARG': {
      const [argument = '', preset = ''] = value.split('=');
      state.variables[argument] = options.args[argument] ?? preset;
      return;
    }
    case 'ENV':
      Object.assign(state.variables, assignments(value));
      Object.assign(state.env, assignments(value));
      return;
    case 'WORKDIR':
      state.workdir = posix.resolve(state.workdir, value);
      await mkdir(join(state.root, state.workdir), { recursive: true });
      return;
    case 'COPY':
      await copy(value.split(/\s+/), { ...step, from: flags['from'] });
      return;
    case 'RUN':
      // The shell expands the variables of a RUN.
      await run(text, step);
      return;
    default:
      // USER, EXPOSE, HEALTHCHECK and CMD describe the image and make no file.
      return;
  }
}

const expand = (text: string, variables: Record<string, string>): string =>
  text.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => variables[name] ?? '');

async function copy(
  paths: readonly string[],
  { state, built, options, from }: Step & { from: string | undefined },
): Promise<void> {
  const source = from === undefined ? options.context : built.get(from)?.root;
  if (source === undefined) throw new Error(`COPY --from=${from}: no stage above has that name.`);
  const target = join(state.root, posix.resolve(state.workdir, paths.at(-1) ?? '.'));
  for (const path of paths.slice(0, -1)) {
    const isFolder = (await stat(join(source, path))).isDirectory();
    await mkdir(target, { recursive: true });
    // Of a folder, its content is copied.
    await copyTree(isFolder ? `${join(source, path)}/.` : join(source, path), target);
  }
}

const execute = promisify(execFile);

/** Files are copied, never linked: what is done to an image must not be done to the store of this machine. */
async function copyTree(from: string, to: string): Promise<void> {
  await execute('cp', ['-RP', from, to]);
}

/** How this machine reaches the registries. */
const network = /^(https?_proxy|no_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR))$/i;

async function run(command: string, { state, storeDir }: Step): Promise<void> {
  const { PATH = '', HOME = '' } = process.env;
  const env = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => network.test(name))),
    HOME,
    PATH: [...state.programs, PATH].join(':'),
    CI: '1',
    // `--global` is a folder of the image.
    npm_config_prefix: join(state.root, 'usr/local'),
    ...(storeDir !== undefined && { pnpm_config_store_dir: storeDir }),
    ...state.variables,
  };
  const options = { cwd: join(state.root, state.workdir), maxBuffer: 1e8 };
  const shell = ['-c', command];
  // What this machine has downloaded before is enough, as a rule; a registry is asked only when it is not.
  const offline = { ...env, npm_config_offline: 'true', pnpm_config_offline: 'true' };
  try {
    await execute('/bin/sh', shell, { ...options, env: offline }).catch(() =>
      execute('/bin/sh', shell, { ...options, env }),
    );
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`RUN ${command} failed:\n${stdout}${stderr}`, { cause: error });
  }
}

/** Where pnpm keeps its packages on this machine; on another disk than the checkout it would choose a new place. */
async function pnpmStore(folder: string): Promise<string | undefined> {
  try {
    const { stdout } = await execute('pnpm', ['store', 'path'], { cwd: folder });
    return stdout.trim().replace(/\/v\d+$/, '');
  } catch {
    return undefined;
  }
}

function userOf(stage: Stage): BuiltImage['user'] {
  const [, uid, gid] = /^(\d+):(\d+)$/.exec(only(stage, 'USER').text) ?? [];
  if (uid === undefined || gid === undefined)
    throw new Error('USER is a user and a group by number: Kubernetes cannot tell who a name is.');
  return { uid: Number(uid), gid: Number(gid) };
}

function healthCheckOf(stage: Stage): readonly string[] {
  const [, command = ''] = /^CMD\s+(.*)$/.exec(only(stage, 'HEALTHCHECK').text) ?? [];
  return execForm(command);
}

/** Puts this machine's Node where the base image has its own, so that any user may run it. */
export async function addNode({ root }: BuiltImage): Promise<string> {
  const bin = join(root, 'usr/local/bin');
  await mkdir(bin, { recursive: true });
  await copyFile(process.execPath, join(bin, 'node'));
  return bin;
}
