type Attributes = Record<string, string | number | boolean | undefined>;

/** An element with attributes (false and undefined ones left out) and children; text is never markup. */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === undefined) continue;
    element.setAttribute(key, value === true ? "" : String(value));
  }
  element.append(...children);
  return element;
}

/** A number in four digits, as the page writes values. */
export function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
