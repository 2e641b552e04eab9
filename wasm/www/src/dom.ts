/** Elements made from text: nothing on the page is ever parsed as HTML. */

export type Child = Node | string | null | undefined | false | Child[];

type Props = Record<string, string | boolean | number | null | undefined | ((event: Event) => void)>;

/** `onclick` and the like take functions, everything else is set as an attribute; `false` and `null` leave it out. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  attributes(element, props);
  element.append(...flat(children));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

export function svg(tag: string, props: Props = {}, ...children: Element[]): SVGElement {
  const element = document.createElementNS(SVG, tag) as SVGElement;
  attributes(element, props);
  element.append(...children);
  return element;
}

function attributes(element: Element, props: Props): void {
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
}

function flat(children: Child[]): (Node | string)[] {
  return children.flatMap((child) =>
    Array.isArray(child) ? flat(child) : child === null || child === undefined || child === false ? [] : [child],
  );
}

/** The element with this id, which index.html has. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`index.html has no #${id}`);
  return element as T;
}

const ICONS = {
  check: "M5 12.5l4.5 4.5L19 7.5",
  cross: "M7 7l10 10M17 7L7 17",
  question: "M9 9.2a3 3 0 1 1 4.3 2.7c-.9.5-1.3 1-1.3 2M12 17.3v.2",
  exclamation: "M12 6.5v7M12 17.2v.3",
  clock: "M12 7.5v4.8l3 1.8M3.5 12a8.5 8.5 0 1 0 17 0a8.5 8.5 0 1 0-17 0",
  warning: "M12 4L2.8 20h18.4zM12 10.5v4M12 17v.2",
  repeat: "M5 9h12M14 6l3 3-3 3M19 15H7M10 12l-3 3 3 3",
  key: "M11 12h9v3.5M16 12v3M4 12a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0",
} as const;

export type IconName = keyof typeof ICONS;

/** A decorative icon: what it says is always in words beside it. */
export function icon(name: IconName): SVGElement {
  return svg(
    "svg",
    { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true", focusable: "false" },
    svg("path", { d: ICONS[name] }),
  );
}
