/** Values as they are decoded; 64-bit whole numbers and booleans are told apart by who asks. */
export type Values =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

/** One plane of one chunk: rows of `width` values, `height` of them. */
export interface Plane {
  values: Values;
  width: number;
  height: number;
}

/** `plane` as 32-bit floats with rows of `width`, zero beyond its edges; whole numbers beyond 2^24 are rounded. */
export function asFloats(plane: Plane, width: number, height: number): Float32Array {
  const { values } = plane;
  if (plane.width === width && plane.height === height && !isBig(values)) return Float32Array.from(values);
  const out = new Float32Array(width * height);
  const columns = Math.min(plane.width, width);
  for (let y = 0; y < Math.min(plane.height, height); y++) {
    const from = y * plane.width;
    for (let x = 0; x < columns; x++) out[y * width + x] = Number(values[from + x]);
  }
  return out;
}

function isBig(values: Values): values is BigInt64Array | BigUint64Array {
  return values instanceof BigInt64Array || values instanceof BigUint64Array;
}
