const VERSION = 20;
const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
/** 1 January 1980, the first day that the format knows: the same content is the same archive on every day. */
const DAY = 0x21;
/** A file that everybody may read, in the attributes of Unix. */
const READABLE = (0o100644 << 16) >>> 0;

/**
 * A ZIP archive of one text file, without compression, as AWS Lambda takes code. The same content gives the same bytes.
 *
 * @param name name of the file, in ASCII
 */
export function storedZip(name: string, text: string): Buffer {
  const content = Buffer.from(text, 'utf8');
  const file = Buffer.from(name, 'ascii');
  const common = Buffer.alloc(26);
  common.writeUInt16LE(VERSION, 0);
  common.writeUInt16LE(DAY, 8);
  common.writeUInt32LE(crc32(content), 10);
  common.writeUInt32LE(content.length, 14);
  common.writeUInt32LE(content.length, 18);
  common.writeUInt16LE(file.length, 22);

  const local = Buffer.concat([uint32(LOCAL), common, file, content]);
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(READABLE, 6);
  const central = Buffer.concat([uint32(CENTRAL), uint16((3 << 8) | VERSION), common, rest, file]);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(local.length, 12);
  return Buffer.concat([local, central, uint32(END), end]);
}

/** The checksum of each byte. */
const CHECKSUMS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1));
  return crc;
});

function crc32(content: Buffer): number {
  let crc = ~0;
  for (const byte of content) crc = (crc >>> 8) ^ CHECKSUMS[(crc ^ byte) & 0xff]!;
  return ~crc >>> 0;
}

function uint32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value);
  return buffer;
}

function uint16(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeUInt16LE(value);
  return buffer;
}
