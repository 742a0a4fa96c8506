// Elements, made of text only: nothing that a person or a service wrote is ever read as markup.

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") element.className = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null && child !== false));
  return element;
}

// Call `draw` only when `value` differs from what was drawn into `element` last.
export function redraw(element, value, draw) {
  const shape = JSON.stringify(value);
  if (element.drawn === shape) return false;
  element.drawn = shape;
  draw();
  return true;
}

export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
