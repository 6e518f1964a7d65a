/**
 * The blosc 1 container with zstd inside, shuffled or not: what we publish, and most of what others do.
 *
 * Format: c-blosc's README_CHUNK_FORMAT. A header of 16 bytes { version, inner version, flags, type size, u32 raw
 * size, u32 block size, u32 size }, the start of each block as u32, then blocks. A block is one stream, or one for each
 * byte of the type where it was split; a stream is its size as u32 and its bytes, stored raw when the size says so.
 */

/** Blosc of another kind (lz4, bitshuffle, blosc 2): for a decoder of everything. */
export class UnsupportedBlosc extends Error {}

/** Decodes one zstd frame that fills `target`, or throws. */
export type Zstd = (frame: Uint8Array, target: Uint8Array) => void;

const HEADER = 16;
const ZSTD = 4;
const SHUFFLED = 1;
const STORED = 2;
const BIT_SHUFFLED = 4;
const NEVER_SPLIT = 16;
const MOST_STREAMS = 16;
const LEAST_IN_STREAM = 128;
const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

interface Header {
  flags: number;
  typeSize: number;
  rawSize: number;
  blockSize: number;
  size: number;
}

/** The raw bytes of one blosc buffer; another raw size than `expected` is an error. */
export function decodeBlosc(source: Uint8Array, zstd: Zstd, expected?: number): Uint8Array {
  const view = new DataView(source.buffer, source.byteOffset, source.byteLength);
  const header = readHeader(source, view);
  if (expected !== undefined && header.rawSize !== expected) {
    throw new Error(`it holds ${header.rawSize} bytes, expected ${expected}`);
  }
  if (header.flags & STORED) {
    if (HEADER + header.rawSize > header.size) throw new Error("it ends too soon");
    return source.slice(HEADER, HEADER + header.rawSize);
  }
  if (header.rawSize === 0) return new Uint8Array(0);
  if (header.flags >> 5 !== ZSTD) throw new UnsupportedBlosc(`inner codec ${header.flags >> 5}`);
  if (header.flags & BIT_SHUFFLED) throw new UnsupportedBlosc("bit shuffle");
  return decodeBlocks(source, view, header, zstd);
}

function readHeader(source: Uint8Array, view: DataView): Header {
  if (source.length < HEADER) throw new Error("it ends within its header");
  const version = source[0]!;
  if (version < 1 || version > 2) throw new UnsupportedBlosc(`format ${version}`);
  const header = {
    flags: source[2]!,
    typeSize: source[3]! || 1,
    rawSize: view.getUint32(4, true),
    blockSize: view.getUint32(8, true),
    size: view.getUint32(12, true),
  };
  if (header.size > source.length || header.size < HEADER) {
    throw new Error(`it has ${source.length} of ${header.size} bytes`);
  }
  return header;
}

function decodeBlocks(source: Uint8Array, view: DataView, header: Header, zstd: Zstd): Uint8Array {
  const { flags, typeSize, rawSize, blockSize, size } = header;
  if (blockSize === 0) throw new Error("its blocks have no size");
  const count = Math.ceil(rawSize / blockSize);
  if (HEADER + 4 * count > size) throw new Error("it ends within its table of blocks");
  const shuffled = (flags & SHUFFLED) !== 0 && typeSize > 1;
  const maySplit = !(flags & NEVER_SPLIT) && typeSize <= MOST_STREAMS && blockSize / typeSize >= LEAST_IN_STREAM;
  const out = new Uint8Array(rawSize);
  const block = shuffled ? new Uint8Array(Math.min(blockSize, rawSize)) : out;
  for (let number = 0; number < count; number++) {
    const start = number * blockSize;
    const raw = Math.min(blockSize, rawSize - start);
    const streams = maySplit && raw === blockSize ? typeSize : 1;
    const target = shuffled ? block.subarray(0, raw) : out.subarray(start, start + raw);
    decodeStreams(source, view, view.getUint32(HEADER + 4 * number, true), size, streams, target, zstd);
    if (shuffled) unshuffle(block, out, start, raw, typeSize);
  }
  return out;
}

function decodeStreams(
  source: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  streams: number,
  target: Uint8Array,
  zstd: Zstd,
): void {
  const raw = Math.floor(target.length / streams);
  let at = start;
  for (let stream = 0; stream < streams; stream++) {
    if (at < HEADER || at + 4 > end) throw new Error("a block lies outside it");
    const size = view.getUint32(at, true);
    at += 4;
    if (at + size > end) throw new Error("a stream lies outside it");
    const part = target.subarray(stream * raw, (stream + 1) * raw);
    const coded = source.subarray(at, at + size);
    if (size === raw) part.set(coded);
    else zstd(coded, part);
    at += size;
  }
}

/** Bytes of one block, sorted by their place in the type, back to values. */
function unshuffle(block: Uint8Array, out: Uint8Array, start: number, size: number, typeSize: number): void {
  const n = Math.floor(size / typeSize);
  if (typeSize === 2 && LITTLE_ENDIAN && start % 2 === 0) {
    const values = new Uint16Array(out.buffer, start, n);
    for (let i = 0; i < n; i++) values[i] = block[i]! | (block[i + n]! << 8);
  } else if (typeSize === 4 && LITTLE_ENDIAN && start % 4 === 0) {
    const values = new Uint32Array(out.buffer, start, n);
    for (let i = 0; i < n; i++) {
      values[i] = block[i]! | (block[i + n]! << 8) | (block[i + 2 * n]! << 16) | (block[i + 3 * n]! << 24);
    }
  } else {
    for (let byte = 0, from = 0; byte < typeSize; byte++) {
      for (let to = start + byte; from < (byte + 1) * n; from++, to += typeSize) out[to] = block[from]!;
    }
  }
  for (let i = n * typeSize; i < size; i++) out[start + i] = block[i]!;
}
