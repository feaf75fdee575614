/** One instruction of a Dockerfile, with its continued lines joined. */
export type Instruction = {
  readonly name: string;
  readonly flags: Readonly<Record<string, string>>;
  readonly text: string;
};

/** A stage: what it begins from, the name that others know it by, and what it does. */
export type Stage = {
  readonly from: string;
  readonly as: string | undefined;
  readonly instructions: readonly Instruction[];
};

/** The instructions of a Dockerfile in their order. What this reader does not know (heredocs, ONBUILD) is an error. */
export function parseDockerfile(source: string): readonly Stage[] {
  const stages: { from: string; as: string | undefined; instructions: Instruction[] }[] = [];
  for (const instruction of instructionsOf(source)) {
    if (instruction.name === 'FROM') {
      const [, from = '', as] = /^(\S+)(?:\s+AS\s+(\S+))?$/i.exec(instruction.text) ?? [];
      stages.push({ from, as, instructions: [] });
      continue;
    }
    const stage = stages.at(-1);
    if (stage === undefined)
      throw new Error(`${instruction.name} stands before the first FROM, which is not read here.`);
    stage.instructions.push(instruction);
  }
  return stages;
}

const known = ['FROM', 'ARG', 'ENV', 'WORKDIR', 'COPY', 'RUN', 'USER', 'EXPOSE', 'HEALTHCHECK', 'CMD'];

function instructionsOf(source: string): Instruction[] {
  // Comments go first, as Docker does it, so that one may stand between continued lines.
  const lines = source.replaceAll(/^\s*#.*\n/gm, '').replaceAll(/\\\n\s*/g, '');
  return lines
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, name = '', rest = ''] = /^\s*([A-Za-z]+)\s+(.*)$/.exec(line) ?? [];
      if (!known.includes(name.toUpperCase()) || rest.includes('<<'))
        throw new Error(`This line is not understood: ${line}`);
      return { name: name.toUpperCase(), ...splitFlags(rest.trim()) };
    });
}

function splitFlags(rest: string): { flags: Record<string, string>; text: string } {
  const flags: Record<string, string> = {};
  let text = rest;
  for (let found = flag.exec(text); found; found = flag.exec(text)) {
    flags[found[1] ?? ''] = found[2] ?? '';
    text = text.slice(found[0].length);
  }
  return { flags, text };
}

const flag = /^--([a-z-]+)=(\S+)\s+/;

/** The words of an exec form, `["node", "src/main.ts"]`; a shell form has none and is an error. */
export function execForm(text: string): readonly string[] {
  const words: unknown = text.startsWith('[') ? JSON.parse(text) : undefined;
  if (!Array.isArray(words))
    throw new Error(`"${text}" needs a shell at run time: write it as ["program", "argument"].`);
  return words.map(String);
}

/** The only instruction of that name in a stage. */
export function only({ instructions }: Stage, name: string): Instruction {
  const [found, ...others] = instructions.filter((instruction) => instruction.name === name);
  if (found === undefined || others.length > 0)
    throw new Error(`Write ${name} once; it stands there ${others.length + (found ? 1 : 0)} times.`);
  return found;
}

/** `NAME=value NAME=value` as a record. */
export function assignments(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split(/\s+/).map((pair): [string, string] => {
      const at = pair.indexOf('=');
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}
