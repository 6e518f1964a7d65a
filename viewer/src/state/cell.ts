/** One value that changes, and those who follow it. */
export class Cell<Value> {
  #value: Value;
  readonly #followers = new Set<(now: Value, before: Value) => void>();

  constructor(value: Value) {
    this.#value = value;
  }

  get value(): Value {
    return this.#value;
  }

  /** Replace what `change` gives; followers are told when it is another value. */
  update(change: Partial<Value> | ((now: Value) => Partial<Value>)): void {
    const before = this.#value;
    const given = typeof change === "function" ? change(before) : change;
    const differs = Object.entries(given).some(([name, each]) => before[name as keyof Value] !== each);
    if (!differs) return;
    this.#value = { ...before, ...given };
    for (const follower of this.#followers) follower(this.#value, before);
  }

  /** Tell `follower` of every change from now on; the result ends it. */
  follow(follower: (now: Value, before: Value) => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }
}
