import { inflateRawSync } from 'node:zlib';

const END_OF_DIRECTORY = 0x06054b50;
const DEFLATED = 8;

export type Member = { name: string; content(): Buffer };

/** The members of a zip archive, in its order. A member is only inflated when its content is asked for. */
export function* membersOf(archive: Buffer): Generator<Member> {
  const end = archive.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0 || archive.readUInt32LE(end) !== END_OF_DIRECTORY) throw new Error('this is not a zip archive');
  let entry = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    const at = entry;
    const nameLength = archive.readUInt16LE(at + 28);
    yield { name: archive.toString('utf8', at + 46, at + 46 + nameLength), content: () => contentAt(archive, at) };
    entry += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
}

/** The content of the first member of a zip archive whose name matches. */
export function unzipOne(archive: Buffer, member: RegExp): Buffer {
  for (const { name, content } of membersOf(archive)) if (member.test(name)) return content();
  throw new Error(`the archive has no ${member.source}`);
}

function contentAt(archive: Buffer, entry: number): Buffer {
  const method = archive.readUInt16LE(entry + 10);
  const size = archive.readUInt32LE(entry + 20);
  const header = archive.readUInt32LE(entry + 42);
  // The local header repeats name and extra field, and their lengths may differ from the directory's.
  const start = header + 30 + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28);
  const content = archive.subarray(start, start + size);
  return method === DEFLATED ? inflateRawSync(content) : Buffer.from(content);
}
