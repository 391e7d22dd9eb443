import { inflateRawSync } from 'node:zlib';

const END_OF_DIRECTORY = 0x06054b50;
const END_BYTES = 22;
const DIRECTORY_ENTRY = 0x02014b50;
const ENTRY_BYTES = 46;
const HEADER_BYTES = 30;
const STORED = 0;
const DEFLATED = 8;

/**
 * Reads one file of a zip archive whose checksum was verified: nothing else of the archive is unpacked.
 *
 * @throws Error if the archive has no such file, or is compressed in another way
 */
export function fileInZip(archive: Buffer, name: string): Buffer {
  let end = archive.length - END_BYTES;
  while (end >= 0 && archive.readUInt32LE(end) !== END_OF_DIRECTORY) end -= 1; // a comment may follow it
  let entry = end < 0 ? archive.length : archive.readUInt32LE(end + 16);
  while (entry + ENTRY_BYTES <= archive.length && archive.readUInt32LE(entry) === DIRECTORY_ENTRY) {
    const [method, packed] = [archive.readUInt16LE(entry + 10), archive.readUInt32LE(entry + 20)];
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((at) => archive.readUInt16LE(entry + at));
    const start = entry + ENTRY_BYTES;
    if (archive.toString('utf8', start, start + nameBytes!) === name) {
      const header = archive.readUInt32LE(entry + 42);
      const data = header + HEADER_BYTES + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28);
      const bytes = archive.subarray(data, data + packed);
      if (method === STORED) return bytes;
      if (method === DEFLATED) return inflateRawSync(bytes);
      throw new Error(`'${name}' is compressed by method ${method}`);
    }
    entry = start + nameBytes! + extraBytes! + commentBytes!;
  }
  throw new Error(`has no file '${name}'`);
}
