/** CRC-32C (Castagnoli, RFC 3720 appendix B.4): the checksum behind every chunk and shard index that we publish. */

const POLYNOMIAL = 0x82f63b78;
const STEP = 8;

/** Table k holds the checksum of a byte followed by k zero bytes, so that eight bytes are taken at a step. */
const TABLES = makeTables();

function makeTables(): Uint32Array {
  const tables = new Uint32Array(STEP * 256);
  for (let byte = 0; byte < 256; byte++) {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
    tables[byte] = value;
  }
  for (let at = 256; at < tables.length; at++) {
    const before = tables[at - 256]!;
    tables[at] = (before >>> 8) ^ tables[before & 255]!;
  }
  return tables;
}

/** Checksum of `bytes` as an unsigned number. */
export function crc32c(bytes: Uint8Array): number {
  const t = TABLES;
  let crc = -1;
  let at = 0;
  for (const end = bytes.length - (STEP - 1); at < end; at += STEP) {
    crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    crc =
      t[1792 + (crc & 255)]! ^
      t[1536 + ((crc >>> 8) & 255)]! ^
      t[1280 + ((crc >>> 16) & 255)]! ^
      t[1024 + (crc >>> 24)]! ^
      t[768 + bytes[at + 4]!]! ^
      t[512 + bytes[at + 5]!]! ^
      t[256 + bytes[at + 6]!]! ^
      t[bytes[at + 7]!]!;
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ t[(crc ^ bytes[at]!) & 255]!;
  return ~crc >>> 0;
}

/** `bytes` without the four of their checksum; throws when it does not fit. */
export function checked(bytes: Uint8Array): Uint8Array {
  const length = bytes.length - 4;
  if (length < 0) throw new Error(`${bytes.length} bytes cannot end in a checksum`);
  const stored = new DataView(bytes.buffer, bytes.byteOffset + length).getUint32(0, true);
  const content = bytes.subarray(0, length);
  if (crc32c(content) !== stored) throw new Error("its checksum is wrong");
  return content;
}
