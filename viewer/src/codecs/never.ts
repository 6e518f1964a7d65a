/** In place of numcodecs' zstd, which the worker decodes by another: nobody may come here. */
export default class Never {
  static fromConfig(): never {
    throw new Error("zstd is decoded by the worker");
  }
}
